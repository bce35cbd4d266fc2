// Reads questions/*.yaml and asks each row of everybody it names.

import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

const FOLDER = join(import.meta.dirname, 'questions')
const ANSWERS = ['allowed', 'denied', 'never']
const WORDS = new Set(['ask', 'each', 'action', 'on', 'given', 'who', 'stack', 'why', ...ANSWERS])

// A key obeys its own policy first. This is the one that KMS gives it: the account's own policies decide.
const KEY_POLICY = {
  Version: '2012-10-17',
  Statement: [{ Sid: 'TheAccountDecides', Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::445566778899:root' }, Action: 'kms:*', Resource: '*' }],
}

/** The sections in the order of their files, each with its rows. */
export function sections() {
  const { names, groups } = parse(readFileSync(join(FOLDER, 'names.yaml'), 'utf8'))
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.yaml') && file !== 'names.yaml')
    .sort()
    .map((file) => section(file, parse(readFileSync(join(FOLDER, file), 'utf8')), names, groups))
}

function section(file, { title, about, of, rows }, names, groups) {
  const columns = groups[of]
  if (!columns) throw new Error(`${file}: \`of: ${of}\` is none of ${Object.keys(groups).join(', ')}`)
  const asked = new Set()
  const expanded = rows.flatMap((row) =>
    (row.each ?? [undefined]).map((each) => ({ ...row, each, ask: row.ask?.replace('$each', each) })),
  )
  for (const row of expanded) {
    const complain = (what) => {
      throw new Error(`${file}, "${row.ask}": ${what}`)
    }
    for (const word of Object.keys(row)) if (!WORDS.has(word)) complain(`\`${word}\` is no word of a row`)
    if (!row.ask || !row.action || !row.why) complain('a row has `ask`, `action` and `why`')
    if (asked.has(row.ask)) complain('is asked twice')
    asked.add(row.ask)
    row.expected = expectations(row, columns, groups, complain)
  }
  return { file, title, about, of, columns, rows: expanded, names }
}

// Everybody has an answer: a cell left empty would be a right that nobody looked at.
function expectations(row, columns, groups, complain) {
  const expected = {}
  for (const answer of ANSWERS) {
    for (const name of [row[answer] ?? []].flat()) {
      if (name === 'others') continue
      for (const one of groups[name] ?? [name]) {
        if (!columns.includes(one)) complain(`\`${one}\` is none of ${columns.join(', ')}`)
        if (expected[one]) complain(`has two answers for ${one}`)
        expected[one] = answer
      }
    }
  }
  const others = ANSWERS.filter((answer) => [row[answer] ?? []].flat().includes('others'))
  if (others.length > 1) complain('says `others` twice')
  for (const column of columns) {
    expected[column] ??= others[0] ?? complain(`has no answer for ${column}`)
  }
  return expected
}

/** One row asked of one role, or of the policy of one resource. */
export function question(section, row, column, stack) {
  const role = section.of === 'roles'
  const asked = role ? stack.roles[column] : stack.resources[section.of][column]
  const put = (text) => putIn(text, { ...section.names, itself: asked.arn, who: column, each: row.each })
  const resource = put(row.on ?? '$itself')
  // Asked so, the evaluator answers whether anything below the pattern is allowed, which is another question.
  if (resource.includes('*') && resource !== '*') throw new Error(`"${row.ask}" asks of a pattern: ${resource}`)
  return {
    ask: row.ask,
    principal: role ? asked.arn : put(row.who),
    action: row.action,
    resource,
    given: Object.fromEntries(
      Object.entries(row.given ?? {}).map(([key, value]) => [key, Array.isArray(value) ? value.map(put) : put(value)]),
    ),
    policies: role
      ? { identity: asked.policies, resource: row.action.startsWith('kms:') ? KEY_POLICY : undefined }
      : { identity: [], resource: asked.policy },
  }
}

function putIn(text, names) {
  return String(text).replace(/\$([a-z_]+)/g, (_, name) => {
    if (!(name in names)) throw new Error(`\`$${name}\` is no name: add it to questions/names.yaml`)
    return putIn(names[name], names)
  })
}
