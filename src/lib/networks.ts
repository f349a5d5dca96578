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

/** The widths that are told apart, from all of the internet to one subscriber. */
export type Width = 'region' | 'carrier' | 'site' | 'block' | 'own';

/** A network that an address is in. `own`: one IPv4 address, or the /64 that one subscriber of IPv6 has. */
export interface Network {
  readonly width: Width;
  readonly key: string;
}

function ofIPv4(octets: readonly number[]): Network[] {
  const upTo = (count: number) => octets.slice(0, count).join('.');
  return [
    { width: 'region', key: `${upTo(1)}.0.0.0/8` },
    { width: 'carrier', key: `${upTo(2)}.0.0/16` },
    { width: 'block', key: `${upTo(3)}.0/24` },
    { width: 'own', key: upTo(4) },
  ];
}

function ofIPv6(all: readonly number[]): Network[] {
  const upTo = (count: number) => all.slice(0, count).map((group) => group.toString(16));
  const half = ((all[3] ?? 0) & 0xff00).toString(16);
  return [
    { width: 'carrier', key: `${upTo(2).join(':')}::/32` },
    { width: 'site', key: `${upTo(3).join(':')}::/48` },
    { width: 'block', key: `${[...upTo(3), half].join(':')}::/56` },
    { width: 'own', key: `${upTo(4).join(':')}::/64` },
  ];
}

/**
 * The networks that a client address is in, widest first: /8, /16, /24, /32 of IPv4 (also in its IPv6-mapped form), /32, /48,
 * /56, /64 of IPv6. What is no address shares one network: what cannot be told apart is not given more attempts.
 */
export function networksOf(source: string): readonly Network[] {
  const address = source.split('%')[0] ?? '';
  if (isIPv4(address)) return ofIPv4(address.split('.').map(Number));
  if (!isIPv6(address)) return [{ width: 'own', key: 'unknown' }];
  const all = groups(address);
  if (all.slice(0, 6).join() !== '0,0,0,0,0,65535') return ofIPv6(all);
  const [high = 0, low = 0] = all.slice(6);
  return ofIPv4([high >> 8, high & 255, low >> 8, low & 255]);
}

/** Throttling key of a client address: of the narrowest of its networks. */
export function sourceKey(source: string): string {
  return `source:${networksOf(source).at(-1)?.key ?? 'unknown'}`;
}
