// Can every question fail, and does some question notice whatever way a policy is broken?

import { answer } from './evaluate.mjs'
import { mutations } from './mutations.mjs'
import { question, sections } from './questions.mjs'

const YES = 'a question that a right to everything answers with yes'

/** How often nobody noticed. */
export async function selfTest(exported) {
  const kinds = new Map()
  const broken = new Set()
  let missed = 0
  const count = (kind, noticed, complaint) => {
    const [yes, no] = kinds.get(kind) ?? [0, 0]
    kinds.set(kind, noticed ? [yes + 1, no] : [yes, no + 1])
    if (!noticed) {
      missed += 1
      console.log(`MISS ${complaint}`)
    }
  }
  for (const [name, stack] of Object.entries(exported.stacks)) {
    const cells = allCells(name, stack)
    for (const cell of cells) {
      // A question that fails as things are would notice everything.
      const { got: now } = await answer(cell.question, cell.question.policies, exported.account)
      const which = `${name}: "${cell.question.ask}" of ${cell.column}`
      if (now !== cell.expected) throw new Error(`${which} is ${now} before anything is broken: mend that first`)
      const { got } = await answer(cell.question, everything(cell), exported.account)
      count(YES, got === 'allowed', `${which} is denied whoever asks: something in it is misspelt`)
    }
    for (const [where, document] of documents(stack)) {
      // The same text in the same place was broken in the stack before.
      const text = JSON.stringify([where, document.policy])
      if (broken.has(text)) continue
      broken.add(text)
      for (const { kind, what, policy } of mutations(document.policy, document.isIdentity)) {
        const noticed = await notices(likelyFirst(cells.filter(document.concerns), what), document, policy, exported.account)
        count(kind, noticed, `${name}: nothing is noticed when ${where}: ${what}`)
      }
    }
  }
  for (const [kind, [yes, no]] of kinds) console.log(`${no ? 'FAIL' : 'ok  '} ${kind}: ${yes} of ${yes + no}`)
  const all = [...kinds.values()].reduce((sum, [yes, no]) => sum + yes + no, 0)
  console.log(`${all - missed} passed, ${missed} failed`)
  return missed
}

function allCells(name, stack) {
  return sections().flatMap((section) =>
    section.rows
      .filter((row) => [undefined, name].includes(row.stack))
      .flatMap((row) =>
        section.columns.map((column) => ({
          of: section.of,
          column,
          expected: row.expected[column],
          question: question(section, row, column, stack),
        })),
      ),
  )
}

function everything({ of, question }) {
  const all = { Effect: 'Allow', Action: '*' }
  const identity = [{ name: 'everything', policy: { Version: '2012-10-17', Statement: [{ ...all, Resource: '*' }] } }]
  if (of === 'roles') return { identity, resource: question.policies.resource }
  // A service has no policies of its own.
  const resource = { Version: '2012-10-17', Statement: [{ ...all, Principal: '*', ...(of === 'trust' ? {} : { Resource: '*' }) }] }
  return { identity: question.principal.startsWith('arn:') ? identity : [], resource }
}

// A managed policy is one text, however many roles have it.
function documents(stack) {
  const found = new Map()
  for (const [role, { policies }] of Object.entries(stack.roles)) {
    for (const { name, policy } of policies) {
      const roles = [...(found.get(name)?.roles ?? []), role]
      found.set(name, { name, policy, roles, isIdentity: true, concerns: ({ of, column }) => of === 'roles' && roles.includes(column) })
    }
  }
  for (const [kind, resources] of Object.entries(stack.resources)) {
    for (const [column, { policy }] of Object.entries(resources)) {
      found.set(`${kind} ${column}`, { policy, isIdentity: false, concerns: (cell) => cell.of === kind && cell.column === column })
    }
  }
  return found
}

// Whoever asks about what was broken notices soonest.
function likelyFirst(cells, what) {
  const likely = ({ question }) => what.includes(`${question.action.split(':')[0]}:`)
  return [...cells.filter(likely), ...cells.filter((cell) => !likely(cell))]
}

async function notices(cells, document, policy, account) {
  for (const { question, expected } of cells) {
    const policies = document.isIdentity
      ? { ...question.policies, identity: question.policies.identity.map((one) => (one.name === document.name ? { ...one, policy } : one)) }
      : { ...question.policies, resource: policy }
    policies.identity = policies.identity.filter((one) => one.policy.Statement.length > 0)
    if (policies.resource?.Statement.length === 0) policies.resource = null
    if ((await answer(question, policies, account)).got !== expected) return true
  }
  return false
}
