import { readPassword } from './files.ts';
import type { Finding } from './source.ts';
import type { Config } from './types.ts';

/** The environment of the process, or what a test gives in its place. */
export type Env = Readonly<Record<string, string | undefined>>;

const STORE = 'SALLYPORT_STORE_PASSWORD';
const MAIL = 'SALLYPORT_MAIL_PASSWORD';

function twice(variable: string): string {
  return `The password comes from this file and from ${variable} at once. Keep one of the two.`;
}

function empty(variable: string): string {
  return `${variable} is set and empty. Give it the password, or unset it.`;
}

/** The store with its password from a file or the environment, or why there is none. */
export async function withStorePassword(
  config: Config,
  file: string | undefined,
  { [STORE]: env }: Env,
): Promise<Config['store'] | Finding> {
  if (config.store.kind !== 'postgres' || (file === undefined && env === undefined)) return config.store;
  const path = ['store_password_file'];
  if (file !== undefined && env !== undefined) return { path, message: twice(STORE) };
  const read = file === undefined ? { password: env ?? '' } : await readPassword(file);
  if ('fault' in read) return { path, message: read.fault };
  if (read.password === '') return { path: ['store'], message: empty(STORE) };
  const url = new URL(config.store.url);
  url.password = encodeURIComponent(read.password);
  return { kind: 'postgres', url: url.href };
}

/** What is wrong with the files of passwords that are sent to apps; each is read again whenever somebody signs in there. */
export async function appPasswords({ apps }: Pick<Config, 'apps'>): Promise<Finding[]> {
  const read = apps.map(async ({ id, login }): Promise<Finding[]> => {
    if (login.kind !== 'bound' || login.one === null || login.one.passwordFile === null) return [];
    const found = await readPassword(login.one.passwordFile);
    return 'fault' in found ? [{ path: ['apps', id, 'login', 'password_file'], message: found.fault }] : [];
  });
  return (await Promise.all(read)).flat();
}

/**
 * Mail with its password where the environment holds it. One in a file is looked at and left there, so that it can be
 * replaced without a reload.
 */
export async function mailPassword(
  { mail }: Config,
  { [MAIL]: env }: Env,
): Promise<{ mail: Config['mail'] } | Finding> {
  if (mail === null) return { mail };
  const path = ['mail', 'password_file'];
  const server = ['mail', 'server'];
  if (mail.passwordFile !== null && env !== undefined) return { path, message: twice(MAIL) };
  if (env === '') return { path: server, message: empty(MAIL) };
  if (mail.user === null) {
    return env === undefined
      ? { mail }
      : { path: server, message: `${MAIL} is set, but this names no user. Write smtps://user@host, or unset it.` };
  }
  if (mail.passwordFile === null) {
    return env === undefined
      ? { path: server, message: `The user has no password. Name its file in password_file, or set ${MAIL}.` }
      : { mail: { ...mail, password: env } };
  }
  const read = await readPassword(mail.passwordFile);
  return 'fault' in read ? { path, message: read.fault } : { mail };
}
