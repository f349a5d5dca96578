import { isIPv4, isIPv6 } from 'node:net';

/** The eight 16-bit groups of an IPv6 address without zone, as URL parsing writes them (RFC 5952). */
function groups(address: string): number[] {
  const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [head = '', tail] = canonical.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const middle = tail === undefined ? [] : Array<string>(8 - left.length - right.length).fill('0');
  return [...left, ...middle, ...right].map((group) => Number.parseInt(group, 16));
}

/**
 * Throttling key of a client address: an IPv4 address as it is (also in its IPv6-mapped form), an IPv6 address by its /64,
 * which is what one subscriber has. Anything else shares one key: what cannot be told apart is not given more attempts.
 */
export function sourceKey(source: string): string {
  const address = source.split('%')[0] ?? '';
  if (isIPv4(address)) return `source:${address}`;
  if (!isIPv6(address)) return 'source:unknown';
  const all = groups(address);
  if (all.slice(0, 6).join() === '0,0,0,0,0,65535') {
    const [high = 0, low = 0] = all.slice(6);
    return `source:${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
  }
  return `source:${all
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}
