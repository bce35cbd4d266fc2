// Asks every question of the policies that policies.py printed.
//
//     ask.mjs POLICIES.json                    one line for each row; exit 1 when an answer is not the expected one
//     ask.mjs POLICIES.json --markdown FILE    prints the same, and writes the text of ANSWERS.md
//     ask.mjs POLICIES.json --json             every answer, with the statements that decided it
//     ask.mjs POLICIES.json --self-test        breaks the policies in every known way: some question must notice each

import { readFileSync, writeFileSync } from 'node:fs'
import { answer } from './evaluate.mjs'
import { markdown } from './markdown.mjs'
import { question, sections } from './questions.mjs'
import { selfTest } from './self-test.mjs'

/** Every row of every stack that it is asked of: what was expected and what came. */
export async function answers(exported) {
  const all = []
  for (const [stackName, stack] of Object.entries(exported.stacks)) {
    for (const section of sections()) {
      for (const row of section.rows.filter((row) => [undefined, stackName].includes(row.stack))) {
        for (const column of section.columns) {
          const { policies, ...asked } = question(section, row, column, stack)
          const { got, because } = await answer(asked, policies, exported.account)
          const expected = row.expected[column]
          all.push({ section: section.title, stack: stackName, of: column, ...asked, expected, got, ok: got === expected, because })
        }
      }
    }
  }
  return all
}

function print(all) {
  let before
  for (const rows of grouped(all)) {
    const [{ section, stack, ask }] = rows
    if (before !== `${section}, ${stack}`) console.log(`\n${section}, ${stack}`)
    before = `${section}, ${stack}`
    const wrong = rows.filter(({ ok }) => !ok)
    const said = ['allowed', 'denied', 'never'].map((word) => [word, rows.filter(({ got }) => got === word).map(({ of }) => of)])
    const text = said.filter(([, names]) => names.length > 0).map(([word, names]) => `${word}: ${names.join(' ')}`)
    console.log(`  ${wrong.length ? 'FAIL' : 'ok  '} ${ask}. ${text.join('; ')}`)
    for (const one of wrong) {
      console.log(`         ${one.of}: expected ${one.expected}, got ${one.got}${one.because.length ? ` by ${one.because.join(', ')}` : ''}`)
    }
    for (const request of new Set(wrong.map(({ action, resource, given }) => `${action} on ${resource} with ${JSON.stringify(given)}`))) {
      console.log(`         asked: ${request}`)
    }
  }
  const failed = all.filter(({ ok }) => !ok).length
  console.log(`\n${all.length - failed} passed, ${failed} failed`)
  if (failed > 0) console.log('hint: mend the policy in the template, or correct the question in infra/checks/iam/questions if the intention has changed')
}

function grouped(all) {
  const groups = new Map()
  for (const one of all) {
    const key = JSON.stringify([one.stack, one.section, one.ask])
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return groups.values()
}

async function main([file, how, text]) {
  if (!file || ![undefined, '--json', '--markdown', '--self-test'].includes(how) || (how === '--markdown') !== (text !== undefined)) {
    console.error('usage: ask.mjs POLICIES.json [--json | --markdown FILE | --self-test]')
    return 2
  }
  const exported = JSON.parse(readFileSync(file, 'utf8'))
  if (how === '--self-test') return (await selfTest(exported)) ? 1 : 0
  const all = await answers(exported)
  if (how === '--json') console.log(JSON.stringify(all, null, 1))
  else print(all)
  if (how === '--markdown') writeFileSync(text, markdown(sections(), all))
  return all.every(({ ok }) => ok) ? 0 : 1
}

process.exitCode = await main(process.argv.slice(2))
