/**
 * Values that CloudFormation knows only when it deploys, such as the ARN of a role made in the same stack. CDK writes
 * them as `${Token[…]}`, whose brackets YAML would take for its own. While a text is read, each is a plain word.
 */
export class Tokens {
  private readonly found: string[] = [];

  hide(text: string): string {
    return text.replace(/\$\{Token\[[^\]]*\]\}/g, (token) => `token-${this.found.push(token) - 1}-`);
  }

  show(text: string): string {
    return text.replace(/token-(\d+)-/g, (word, at: string) => this.found[Number(at)] ?? word);
  }

  hideIn(value: unknown): unknown {
    return mapped(value, (text) => this.hide(text));
  }

  showIn(value: unknown): unknown {
    return mapped(value, (text) => this.show(text));
  }
}

function mapped(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapped(item, change));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [change(key), mapped(item, change)]));
}
