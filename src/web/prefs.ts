import type { Offer } from '../login/types.ts';

/** What a browser remembers for its person's comfort: language and the way they signed in last. It proves nothing. */
export interface Prefs {
  readonly language: string | null;
  readonly method: Offer | null;
}

const METHODS: readonly string[] = ['totp', 'recovery', 'passkey'] satisfies readonly Offer[];

function isMethod(text: string | undefined): text is Offer {
  return text !== undefined && METHODS.includes(text);
}

/** Reads the cookie's value; what is not in its form says nothing. */
export function readPrefs(value: string | null): Prefs {
  const [language, method, ...rest] = (value ?? '').split('.');
  if (rest.length > 0) return { language: null, method: null };
  return {
    language: language !== undefined && /^[a-z]{2}$/.test(language) ? language : null,
    method: isMethod(method) ? method : null,
  };
}

export function writePrefs({ language, method }: Prefs): string {
  return `${language ?? '-'}.${method ?? '-'}`;
}
