import { RekindlePolicy } from '../../generated/policy';

/** The names that `{model}` in a name of AWS's stands for, and the models of each: all of them, where it is not in the name. */
export function placed(policy: RekindlePolicy, name: string): Map<string, string[]> {
  const named = new Map<string, string[]>();
  for (const model of policy.models ?? [policy.model ?? '']) {
    const key = name.replaceAll('{model}', model);
    named.set(key, [...(named.get(key) ?? []), model]);
  }
  return named;
}
