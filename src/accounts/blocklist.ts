let loading: Promise<ReadonlySet<string>> | undefined;

async function load(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new Set(dictionary['passwords-common'].filter((entry) => entry.length >= 8));
}

/**
 * The commonest passwords that pass the length rule, lower case: some 18,000 of the 49,000 that
 * `@zxcvbn-ts/language-common` gathers from published breaches. Read when the first password is chosen, then kept.
 */
export function commonPasswords(): Promise<ReadonlySet<string>> {
  loading ??= load();
  return loading;
}
