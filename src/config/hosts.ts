import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import type { HostName } from './types.ts';

/** A parsed value, or the sentence that says what was expected instead. The sentence never repeats the value. */
export type Parsed<T> = { readonly value: T } | { readonly fault: string };

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** `8080` → 8080; undefined for anything outside 1–65535 and for leading zeros. */
export function parsePort(text: string): number | undefined {
  const port = /^[1-9][0-9]{0,4}$/.test(text) ? Number(text) : Number.NaN;
  return port <= 65_535 ? port : undefined;
}

/** Splits `host`, `host:port`, `[v6]` and `[v6]:port`; the host keeps its brackets. */
function splitPort(text: string): { host: string; port: string | null } | undefined {
  const match = /^(\[[^\]]*\]|[^:[\]]*)(?::([^:]*))?$/.exec(text);
  return match?.[1] === undefined ? undefined : { host: match[1], port: match[2] ?? null };
}

/** The canonical text of a bracketed IPv6 literal, or undefined. */
function parseIpv6(bracketed: string): string | undefined {
  const address = bracketed.slice(1, -1);
  if (isIP(address) !== 6 || address.includes('%')) return undefined;
  return new URL(`http://${bracketed}`).hostname;
}

/** RFC 1123 §2.1: letters, digits and hyphens; a name whose last label is a number would be read as an address. */
function isDnsName(name: string): boolean {
  const labels = name.split('.');
  return name.length <= 253 && labels.every((l) => LABEL.test(l)) && !/^[0-9]+$|^0x/.test(labels.at(-1) ?? '');
}

function hostFault(host: string): string {
  if (host.includes('*')) return 'Host names are an exact list here. Write every name out, without a wildcard.';
  if (host.includes('/') || host.includes('@'))
    return 'Write the host name alone, such as portal.example.org, without a scheme, path or user.';
  if (host.endsWith('.')) return 'Write the host name without the dot at its end.';
  if (/[^\x20-\x7e]/.test(host) && domainToASCII(host) !== '') {
    return `Write an international name in its ASCII form: ${domainToASCII(host)}.`;
  }
  return 'Expected a host name such as portal.example.org, an IPv4 address, or an IPv6 address in brackets, each with or without :port.';
}

/** Parses a public host of an app: a DNS name or an address, lower-cased, with or without a port. */
export function parseHostName(text: string): Parsed<HostName> {
  const parts = /[/@]/.test(text) ? undefined : splitPort(text);
  if (parts === undefined) return { fault: hostFault(text) };
  const host = parts.host.toLowerCase();
  const name = host.startsWith('[') ? parseIpv6(host) : isIP(host) === 4 || isDnsName(host) ? host : undefined;
  if (name === undefined) return { fault: hostFault(host) };
  if (parts.port === null) return { value: { name, port: null } };
  const port = parsePort(parts.port);
  return port === undefined ? { fault: 'Expected a port from 1 to 65535 after the colon.' } : { value: { name, port } };
}

const LISTEN = 'Expected an address and a port: 127.0.0.1:8080, 0.0.0.0:8443 or "[::]:8443" (quoted).';

/** Parses `listen`: an address (not a name, which could resolve to several) or `localhost`, and a port. IPv6 loses its brackets. */
export function parseListen(text: string): Parsed<{ host: string; port: number }> {
  const parts = splitPort(text);
  const port = parsePort(parts?.port ?? '');
  if (parts === undefined || port === undefined) return { fault: LISTEN };
  if (parts.host.startsWith('[')) {
    const v6 = parseIpv6(parts.host);
    return v6 === undefined ? { fault: LISTEN } : { value: { host: v6.slice(1, -1), port } };
  }
  const host = parts.host.toLowerCase();
  return isIP(host) === 4 || host === 'localhost' ? { value: { host, port } } : { fault: LISTEN };
}

/** Whether only this machine can connect to an address that is listened on. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'));
}

const BLOCK = 'Expected an address or CIDR block of your own proxies, such as 10.0.0.7 or 10.0.0.0/24.';

/**
 * Parses an entry of `trusted_proxies`. Blocks that hold a large part of the internet are refused: whoever is trusted
 * may say who the client is.
 */
export function parseProxyBlock(text: string): Parsed<string> {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0 || address.includes('%')) return { fault: BLOCK };
  if (/^::ffff:/i.test(address)) return { fault: 'Write an IPv4 address in its own form, not mapped into IPv6.' };
  if (bits === undefined) return { value: text };
  const width = /^(?:0|[1-9][0-9]{0,2})$/.test(bits) ? Number(bits) : Number.NaN;
  if (!(width <= (family === 4 ? 32 : 128))) return { fault: BLOCK };
  if (width < (family === 4 ? 8 : 7)) {
    return {
      fault:
        'This trusts a large part of the internet to say who the client is. List the addresses of your own proxies.',
    };
  }
  return { value: text };
}
