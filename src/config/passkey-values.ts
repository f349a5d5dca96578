import { isIP } from 'node:net';
import { type Parsed, parseHostName } from './hosts.ts';
import { publicSuffixOf } from './suffixes.ts';

/** `localhost` and names under it: this machine, and a secure context without TLS (Secure Contexts §3.1). */
export function isLocalName(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost');
}

/** An IPv4 address, or an IPv6 address with or without brackets. */
export function isAddress(name: string): boolean {
  return isIP(name.replace(/^\[|\]$/g, '')) !== 0;
}

/** Whether strangers can register names directly under this one; suffixes that companies run for customers count. */
export function isPublicSuffix(name: string): boolean {
  return !isLocalName(name) && publicSuffixOf(name) === name;
}

/** Parses the domain that passkeys are bound to, to lower case (WebAuthn L3 §5.1.3 step 7, NIST SP 800-63B-4 §3.2.5). */
export function parseRelyingPartyId(text: string): Parsed<string> {
  const parsed = parseHostName(text);
  if ('fault' in parsed) return parsed;
  const { name, port } = parsed.value;
  if (isAddress(name)) return { fault: 'Browsers bind no passkey to an address. Write a host name or its domain.' };
  if (port !== null) return { fault: 'Leave out the port: passkeys are bound to a domain, whatever the port.' };
  if (isLocalName(name)) return { value: name };
  if (!name.includes('.'))
    return { fault: 'Browsers bind no passkey to a domain of one label. Write the whole name of the host.' };
  if (isPublicSuffix(name))
    return { fault: 'Anybody can have a host under this public suffix. Write a domain of your own under it.' };
  return { value: name };
}

const NONE = '00000000-0000-0000-0000-000000000000';

/** Parses the AAGUID of a model of authenticators, to lower case. */
export function parseAaguid(text: string): Parsed<string> {
  const value = text.toLowerCase();
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value))
    return { fault: 'Expected an AAGUID such as 2fc0579f-8113-47ea-b116-bb5a8db9202a.' };
  if (value === NONE)
    return { fault: 'The AAGUID of zeros stands for any authenticator that names no model. List real models.' };
  return { value };
}
