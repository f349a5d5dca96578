import { quoted } from './glob.ts';

/** Values for the parameters of a preset, and `self`: the public origin. */
export type Values = ReadonlyMap<string, string>;

const MARK = /\$\{([a-z][a-z0-9_]*)(:url)?\}/g;
/** Filled in for each request, by the name that the account has at the app. */
const LATER = 'account';

function value(values: Values, name: string): string {
  const found = values.get(name);
  if (found === undefined)
    throw new SyntaxError(`there is no parameter ${name}; known are ${[...values.keys()].join(', ')}`);
  return found;
}

/**
 * A text with its parameters filled in. Where the name of the account may stand (`account: true`), `${account}` becomes
 * `{account}`, filled in for each request. Throws `SyntaxError` for a parameter that there is not.
 */
export function filled(text: string, values: Values, may: { readonly account?: boolean } = {}): string {
  return text.replace(MARK, (_, name: string, url: string | undefined) => {
    if (name === LATER && may.account === true) return `{account${url ?? ''}}`;
    const found = value(values, name);
    return url === undefined ? found : encodeURIComponent(found);
  });
}

/** The same for a pattern: values stand for themselves, unless the whole pattern is one parameter. */
export function filledPattern(source: string, values: Values): string {
  const whole = /^\$\{([a-z][a-z0-9_]*)\}$/.exec(source)?.[1];
  if (whole !== undefined && whole !== 'self') return value(values, whole);
  return source.replace(MARK, (_, name: string, url: string | undefined) => {
    const found = value(values, name);
    return quoted(url === undefined ? found : encodeURIComponent(found));
  });
}
