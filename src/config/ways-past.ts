import { isIP, isIPv4 } from 'node:net';
import { type Parsed, parseHostName } from './hosts.ts';
import { parseOrigin } from './values.ts';

const FORM =
  'Expected an address at which the app might answer: https://10.0.0.5:8443, old.example.org, 10.0.0.5:8080 or 10.0.0.0/28.';

/** Networks are tried address by address: no more than these. */
const LEAST_BITS = 24;

function networkFault(address: string, bits: string): string | undefined {
  const width = /^[0-9]{1,2}$/.test(bits) ? Number(bits) : Number.NaN;
  if (!isIPv4(address) || !(width <= 32)) return FORM;
  return width < LEAST_BITS ? `Write smaller networks: at most 256 addresses each (/${LEAST_BITS}).` : undefined;
}

/**
 * An address of an app that is named to be tried: an origin, a host or an address with or without a port, or a small IPv4 network. As it is
 * written; `placesOf` says what is asked.
 */
export function parseWayPast(text: string): Parsed<string> {
  if (text.includes('://')) return parseOrigin(text);
  const [, host = '', port] = /^(\[[0-9a-f:.]+\]|[^:]+)(?::([0-9]{1,5}))?$/i.exec(text) ?? [];
  if (host === '' || (port !== undefined && !(Number(port) >= 1 && Number(port) <= 65_535))) return { fault: FORM };
  const [address = '', bits, ...more] = host.split('/');
  if (more.length > 0) return { fault: FORM };
  if (bits !== undefined) {
    const fault = networkFault(address, bits);
    return fault === undefined ? { value: text } : { fault };
  }
  const bare = host.replace(/^\[|\]$/g, '');
  if (isIP(bare) !== 0) return { value: text };
  const named = parseHostName(host);
  return 'fault' in named ? { fault: FORM } : { value: text };
}
