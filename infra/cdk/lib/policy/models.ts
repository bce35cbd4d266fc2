import { RekindlePolicy } from '../../generated/policy';

/** Most models of one document. */
const MOST = 1000;
const RANGE = /^([^{}]*)\{([0-9]+)\.\.([0-9]+)\}([^{}]*)$/;

/** The models of a policy as it names them: names, and ranges of names. */
export function entries(policy: RekindlePolicy): string[] {
  return policy.models ?? [policy.model ?? ''];
}

/** The models of a policy, one by one: `t-{08..11}` is `t-08` to `t-11`. */
export function models(policy: RekindlePolicy): string[] {
  const all: string[] = [];
  for (const entry of entries(policy)) {
    const [, before, first, last, after] = RANGE.exec(entry) ?? [];
    if (first === undefined || last === undefined) {
      if (/[{}]/.test(entry)) {
        throw new Error(
          `\`${entry}\` is neither a model nor a range of models: write a range such as "tenant-{001..500}", one in each entry.`,
        );
      }
      all.push(entry);
      continue;
    }
    const padded = [first, last].some((number) => number.length > 1 && number.startsWith('0'));
    if (Number(first) > Number(last) || (padded && first.length !== last.length)) {
      throw new Error(
        `\`${entry}\` cannot be counted: the smaller number comes first, and with zeros in front both are equally long.`,
      );
    }
    if (all.length + Number(last) - Number(first) >= MOST) {
      throw new Error(`\`${entry}\` is too many: a document holds ${MOST} models at most.`);
    }
    for (let number = Number(first); number <= Number(last); number++) {
      all.push(`${before}${String(number).padStart(padded ? first.length : 0, '0')}${after}`);
    }
  }
  return all;
}

/** The names that `{model}` in a name of AWS's stands for, and the models of each: all of them, where it is not in the name. */
export function placed(policy: RekindlePolicy, name: string): Map<string, string[]> {
  const named = new Map<string, string[]>();
  for (const model of models(policy)) {
    const key = name.replaceAll('{model}', model);
    named.set(key, [...(named.get(key) ?? []), model]);
  }
  return named;
}
