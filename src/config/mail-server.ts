import { isLoopbackHost, type Parsed, parseHostName } from './hosts.ts';
import type { MailConfig } from './types.ts';

/** How the mail server is reached; what `mail.server` says. */
export type MailServer = Pick<MailConfig, 'host' | 'port' | 'tls' | 'user'>;

const EXPECTED = 'Expected smtps://user@mail.example.org or smtp://user@mail.example.org, with a port where needed.';
/** RFC 8314 §3.3, RFC 6409 §3.1, RFC 5321 §4.5.4.2: submission with TLS, submission with STARTTLS, the relay of this machine. */
const PORTS = { implicit: 465, starttls: 587, none: 25 } as const;

/**
 * Parses the address of a mail server. Without TLS only this machine is reached; there is no option to weaken that,
 * because mail tells who changed what about an account (RFC 8314 §3).
 */
export function parseMailServer(text: string): Parsed<MailServer> {
  const match = /^(smtps?):\/\/(?:([^\s/?#]*)@)?([^\s/?#@]+)\/?$/i.exec(text);
  if (match?.[1] === undefined || match[3] === undefined) return { fault: EXPECTED };
  if (match[2]?.includes(':')) {
    return {
      fault:
        'Leave the password out of the address; put it in the file that password_file names, or in SALLYPORT_MAIL_PASSWORD.',
    };
  }
  const host = parseHostName(match[3]);
  if ('fault' in host) return host;
  const user = match[2] === undefined ? null : decoded(match[2]);
  if (user === undefined) return { fault: EXPECTED };
  const { name, port } = host.value;
  const tls = match[1].toLowerCase() === 'smtps' ? 'implicit' : isLoopbackHost(name) ? 'none' : 'starttls';
  return { value: { host: name.replace(/^\[|\]$/g, ''), port: port ?? PORTS[tls], tls, user } };
}

/** A user with its %-encoding resolved, so that one with an @ may be written either way; undefined when malformed. */
function decoded(user: string): string | undefined {
  try {
    const plain = decodeURIComponent(user);
    return /^[^\0-\x1f\x7f]{1,254}$/u.test(plain) ? plain : undefined;
  } catch {
    return undefined;
  }
}

const SENDER = 'Expected a sender such as Example portal <noreply@example.org>.';
const ADDRESS = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([^@]+)$/;

/** Parses an address (RFC 5322 §3.4, dot-atom form) with or without a plain name before it. */
export function parseSender(text: string): Parsed<string> {
  const match = /^(?:([^<>@,;:"\\()[\]\0-\x1f\x7f]{1,64}) )?<([^<>]*)>$/u.exec(text);
  const address = match?.[2] ?? text;
  const domain = ADDRESS.exec(address)?.[1];
  const host = domain === undefined ? undefined : parseHostName(domain);
  const good = host !== undefined && 'value' in host && host.value.port === null && address.length <= 254;
  return good && match?.[1]?.trim() !== '' ? { value: text } : { fault: SENDER };
}
