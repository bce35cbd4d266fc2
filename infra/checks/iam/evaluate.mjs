// Answers one question: what would IAM say?
// "allowed"; "denied", because nothing allows it; or "never", because something forbids it, whatever else allows it.

import { runSimulation } from '@cloud-copilot/iam-simulate'

const ANSWERS = { Allowed: 'allowed', ImplicitlyDenied: 'denied', ExplicitlyDenied: 'never' }

/** What IAM says, and which statements decided it. */
export async function answer(question, policies, account) {
  const result = await runSimulation(
    {
      request: {
        principal: question.principal,
        action: question.action,
        resource: { resource: question.resource, accountId: account },
        contextVariables: question.given,
      },
      identityPolicies: policies.identity,
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
