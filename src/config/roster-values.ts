import { isLoopbackHost, type Parsed } from './hosts.ts';
import type { RosterSource } from './types.ts';

const bare = (host: string): string => host.replace(/^\[|\]$/g, '');

/** Parses where a list is asked for: https, or http on this machine. What it may be asked with stands in files. */
export function parseListUrl(text: string): Parsed<string> {
  const fault = 'Expected an address such as https://portal.example.org/accounts.csv.';
  if (!URL.canParse(text) || !/^https?:\/\//.test(text)) return { fault };
  const url = new URL(text);
  if (url.username !== '' || url.password !== '')
    return { fault: 'Leave user and password out of the address: write user, and password_file or token_file.' };
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname))
    return { fault: 'Write https://: over plain http anybody on the way could change the list.' };
  return url.hash === '' ? { value: url.href } : { fault };
}

type Directory = Pick<Extract<RosterSource, { kind: 'ldap' }>, 'url' | 'startTls'>;

/** Parses the address of a directory. Without TLS only this machine is asked. */
export function parseLdapUrl(text: string): Parsed<Directory> {
  const fault = 'Expected ldaps://host or ldap://host, with a port where needed.';
  const match = /^(ldaps?):\/\/([^/?#@\s]{1,255})\/?$/.exec(text);
  if (match === null || !URL.canParse(`https://${match[2]}`)) return { fault };
  const { hostname } = new URL(`https://${match[2]}`);
  const startTls = match[1] === 'ldap' && !isLoopbackHost(bare(hostname));
  return { value: { url: `${match[1]}://${match[2]}`, startTls } };
}
