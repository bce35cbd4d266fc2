// The ways to break a policy. Each yields what was done and the broken policy; some question must notice every one.

const ANYTHING = { String: '*', Arn: '*', Numeric: '2147483647' }
// What a statement too many could bring.
const SERVICES = [
  ...['cloudformation', 'cloudwatch', 'dynamodb', 'events', 'iam', 'kms', 'lambda', 'logs', 's3', 'sagemaker', 'scheduler'],
  ...['secretsmanager', 'sns', 'sqs', 'ssm', 'sts', 'xray'],
]
const GRANTS = ['*', 'iam:PassRole', ...SERVICES.map((service) => `${service}:*`)]

/** Every way to break one policy. `policy` is null where a resource has none. */
export function* mutations(policy, isIdentity) {
  const statements = policy?.Statement ?? []
  const broken = (at, changed) => ({ ...policy, Statement: statements.flatMap((one, index) => (index === at ? changed : [one])) })
  for (const [at, statement] of statements.entries()) {
    const name = statement.Sid ?? `statement ${at}`
    for (const [kind, what, changed] of ofStatement(statement, isIdentity)) {
      yield { kind, what: `${name} ${what}`, policy: broken(at, changed) }
    }
  }
  const gain = (statement) => ({ Version: '2012-10-17', ...policy, Statement: [...statements, { Effect: 'Allow', ...statement }] })
  if (isIdentity) {
    for (const action of GRANTS) {
      yield { kind: 'a statement more', what: `gains ${action} on everything`, policy: gain({ Action: action, Resource: '*' }) }
    }
  } else {
    // A trust policy has no resource.
    const resource = statements.every(({ Resource }) => Resource) ? { Resource: '*' } : {}
    const speakers = { everybody: '*', EventBridge: { Service: 'events.amazonaws.com' } }
    for (const [who, Principal] of Object.entries(speakers)) {
      yield { kind: 'a statement more', what: `lets ${who} do everything`, policy: gain({ Principal, Action: '*', ...resource }) }
    }
  }
}

function* ofStatement(statement, isIdentity) {
  yield ['a statement less', 'is gone', []]
  if (statement.Effect === 'Deny') yield ['a prohibition turned', 'allows what it forbids', [{ ...statement, Effect: 'Allow' }]]
  yield* ofActions(statement)
  // The policy of a resource speaks of that resource only, whatever it says.
  if (isIdentity) yield* ofResources(statement)
  for (const [kind, what, condition] of ofCondition(statement.Condition ?? {})) {
    const { Condition: _, ...rest } = statement
    yield [kind, what, [Object.keys(condition).length ? { ...rest, Condition: condition } : rest]]
  }
  if (statement.Principal && statement.Principal !== '*') {
    yield ['everybody as principal', 'is for everybody', [{ ...statement, Principal: '*' }]]
  }
}

function* ofActions(statement) {
  const actions = [statement.Action].flat()
  for (const action of actions) {
    const others = actions.filter((one) => one !== action)
    const wide = `${action.split(':')[0]}:*`
    if (others.length > 0) yield ['an action less', `loses ${action}`, [{ ...statement, Action: others }]]
    // Without its conditions: hardly another action has the same keys, so they would hide what else is allowed.
    const { Condition: _, ...bare } = statement
    if (action !== wide && statement.Effect === 'Allow') {
      yield ['an action widened', `has ${wide} for ${action}`, [{ ...bare, Action: [...others, wide] }]]
    }
  }
}

function* ofResources(statement) {
  if (!statement.Resource || statement.Resource === '*') return
  const resources = [statement.Resource].flat()
  for (const resource of resources) {
    const others = resources.filter((one) => one !== resource)
    if (others.length > 0) yield ['a resource less', `loses ${resource}`, [{ ...statement, Resource: others }]]
    if (statement.Effect === 'Deny') continue
    // Everything; everything of its kind; what begins like it.
    const kind = resource.replace(/^((?:[^:]*:){5}[^:/]*[:/]?).*/, '$1*')
    const wider = new Set(['*', kind, resource.endsWith('*') ? '*' : `${resource}*`])
    wider.delete(resource)
    for (const wide of wider) {
      yield ['a resource widened', `has ${wide} for ${resource}`, [{ ...statement, Resource: [...others, wide] }]]
    }
  }
}

function* ofCondition(condition) {
  for (const [operator, keys] of Object.entries(condition)) {
    for (const [key, value] of Object.entries(keys)) {
      const without = dropped(condition, operator, key)
      const instead = (other, changed) => ({ ...without, [other]: { ...without[other], [key]: changed } })
      yield ['a condition less', `does not ask ${operator} ${key}`, without]
      const values = [value].flat()
      for (const one of values.length > 1 ? values : []) {
        yield ['a value less', `loses ${one} of ${key}`, instead(operator, values.filter((other) => other !== one))]
      }
      if (['Null', 'Bool'].includes(operator)) {
        yield ['a condition turned', `asks for ${key} the other way round`, instead(operator, value === 'true' ? 'false' : 'true')]
      }
      if (operator === 'Null') continue
      if (!operator.includes(':')) yield ['a condition that a missing key passes', `asks ${key} if it is there`, instead(`${operator}IfExists`, value)]
      else yield ['one value for all', `asks one of ${key}`, instead(operator.replace('ForAllValues', 'ForAnyValue'), value)]
      if (operator === 'Bool') continue
      const [, set, family] = /^(.*:)?(String|Arn|Numeric)/.exec(operator) ?? [null, '', null]
      if (!family) throw new Error(`no way to widen ${operator} is known: teach mutations.mjs one`)
      const wide = family === 'Numeric' ? operator : `${set ?? ''}${family}Like`
      yield ['any value', `takes any ${key}`, instead(wide, ANYTHING[family])]
    }
  }
}

function dropped(condition, operator, key) {
  const { [key]: _, ...keys } = condition[operator]
  const { [operator]: __, ...operators } = condition
  return Object.keys(keys).length ? { ...operators, [operator]: keys } : operators
}
