import { hash } from 'node:crypto';
import { isLoopbackHost, type Parsed, parseHostName } from './hosts.ts';

/** RFC 5425 §4.1. */
const SYSLOG_PORT = 6514;
export const RECEIVER =
  'Expected where it is: tls://logs.example.org:6514, https://siem.example.org/hook, or file:///mnt/archive/record.ndjson.';

/** Where a receiver is, as it is written. */
export type Target =
  | { readonly kind: 'syslog'; readonly host: string; readonly port: number }
  | { readonly kind: 'webhook'; readonly url: string }
  | { readonly kind: 'file'; readonly path: string };

/** Syslog has TLS alone: entries name people. */
function parseSyslog(text: string): Parsed<Target> {
  const match = /^tls:\/\/([^\s/?#@]{1,300})\/?$/.exec(text);
  if (match?.[1] === undefined) return { fault: RECEIVER };
  const host = parseHostName(match[1]);
  if ('fault' in host) return host;
  const { name, port } = host.value;
  return { value: { kind: 'syslog', host: name.replace(/^\[|\]$/g, ''), port: port ?? SYSLOG_PORT } };
}

function parseFile(text: string): Parsed<Target> {
  const path = /^file:\/\/(\/[^\0]*[^\0/])$/.exec(text)?.[1];
  if (path === undefined || text.length > MAX_URL) return { fault: RECEIVER };
  return { value: { kind: 'file', path } };
}

/** Parses the place of a receiver. */
export function parseReceiver(text: string): Parsed<Target> {
  if (text.startsWith('tls:')) return parseSyslog(text);
  if (text.startsWith('file:')) return parseFile(text);
  const url = parseTarget(text, RECEIVER);
  return 'fault' in url ? url : { value: { kind: 'webhook', url: url.value.href } };
}

const MAX_URL = 2000;

/** A URL that something is sent to: https, or http on this machine alone. */
function parseTarget(text: string, expected: string): Parsed<URL> {
  if (text.length > MAX_URL || !/^https?:\/\//i.test(text) || /[\s\\]/.test(text) || !URL.canParse(text))
    return { fault: expected };
  const url = new URL(text);
  if (url.username !== '' || url.password !== '')
    return { fault: 'Leave user and password out of the address: secrets never stand in this file.' };
  if (url.hash !== '') return { fault: expected };
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname))
    return { fault: 'Write https://: without TLS anybody on the way could read it. On this machine http:// will do.' };
  return { value: url };
}

/** Parses the submission prefix of a witness (C2SP tlog-witness); without the slash at its end. */
export function parseWitnessUrl(text: string): Parsed<string> {
  const expected = 'Expected an address such as https://witness.example.org, without /add-checkpoint.';
  const url = parseTarget(text, expected);
  if ('fault' in url) return url;
  if (url.value.search !== '' || url.value.pathname.endsWith('/add-checkpoint')) return { fault: expected };
  return { value: url.value.href.replace(/\/$/, '') };
}

/** C2SP signed-note, "Signature types": of a log, and of a witness. */
const TYPES = { log: 0x01, witness: 0x04 } as const;

/**
 * A parser of verifier keys (C2SP signed-note): `NAME+ID+BASE64`, of Ed25519. The id is that of name and key, so that a
 * slip of the hand is found here, and not when nothing verifies.
 */
export function verifierKeyOf(of: keyof typeof TYPES): (text: string) => Parsed<string> {
  const wrong = { fault: `Expected the verifier key of a ${of}: NAME+ID+KEY, in one line.` };
  return (text) => {
    const match = /^([^\s+\p{Cc}]{1,255})\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/u.exec(text);
    if (match === null) return wrong;
    const [, name = '', id = '', base64 = ''] = match;
    const bytes = Buffer.from(base64, 'base64');
    if (bytes.length !== 33 || bytes.toString('base64') !== base64) return wrong;
    const right = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), bytes]), 'hex').slice(0, 8);
    if (right !== id) return { fault: 'This key is damaged: its id is not that of its name and key. Copy it again.' };
    return bytes[0] === TYPES[of] ? { value: text } : { fault: `This is not the key of a ${of}. Ask for that one.` };
  };
}

/** Standard Webhooks 1.0.0, "Signature scheme": 24 to 64 bytes in base64 after `whsec_`; undefined for any other text. */
export function webhookSecret(text: string): Buffer | undefined {
  const match = /^whsec_([A-Za-z0-9+/]{32,88}={0,2})$/.exec(text);
  const bytes = Buffer.from(match?.[1] ?? '', 'base64');
  return bytes.length >= 24 && bytes.length <= 64 ? bytes : undefined;
}

const ADDRESS = 'Expected a mail address such as security@example.org.';

/** Parses an address that heads are mailed to. */
export function parseRecipient(text: string): Parsed<string> {
  const match = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64})*@([^@]{1,253})$/.exec(
    text,
  );
  const host = match?.[1] === undefined ? undefined : parseHostName(match[1]);
  const good = host !== undefined && 'value' in host && host.value.port === null && text.length <= 254;
  return good ? { value: text } : { fault: ADDRESS };
}
