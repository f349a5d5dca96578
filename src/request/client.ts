import { BlockList, isIP } from 'node:net';
import type { HeaderFields } from './fields.ts';

/** Who is at the other end, as far as we believe it. */
export interface Client {
  /** Address of the person's side: the socket's peer, or what a configured trusted proxy says. IPv4-mapped forms are IPv4. */
  readonly address: string;
  /** Scheme that the browser used. */
  readonly scheme: 'http' | 'https';
  /** Value of X-Forwarded-For to send on: the trusted chain and the peer, or the peer alone. */
  readonly forwardedFor: string;
  /** Plain HTTP is acceptable: the peer is this machine, or a trusted proxy that does not say the person came over http. */
  readonly near: boolean;
}

/** The address that was asked for last; requests of one client follow upon each other. */
let last = { raw: '', plain: '0.0.0.0' };

/** `::ffff:192.0.2.1` is 192.0.2.1; anything that is no address becomes `0.0.0.0`, which nobody trusts. */
export function plainAddress(raw: string | undefined): string {
  if (raw === undefined) return '0.0.0.0';
  if (raw !== last.raw) last = { raw, plain: plain(raw) };
  return last.plain;
}

function plain(raw: string): string {
  const address = raw.toLowerCase().startsWith('::ffff:') ? raw.slice(7) : raw;
  if (isIP(address) !== 0) return address;
  return isIP(raw) !== 0 ? raw : '0.0.0.0';
}

export function isLoopback(address: string): boolean {
  return address === '::1' || /^127\./.test(address);
}

/** Compiles `trusted_proxies` (validated addresses and CIDR blocks) to a test. Empty trusts nobody. */
export function trustedPeers(blocks: readonly string[]): (address: string) => boolean {
  if (blocks.length === 0) return () => false;
  const list = new BlockList();
  for (const block of blocks) {
    const [address = '', bits] = block.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** `203.0.113.9:51234`, `[2001:db8::1]` and `[2001:db8::1]:51234`, as some proxies write them: the address alone. */
function withoutPort(hop: string): string {
  if (hop.startsWith('[')) {
    const end = hop.indexOf(']');
    const rest = hop.slice(end + 1);
    return end > 0 && isIP(hop.slice(1, end)) === 6 && (rest === '' || isPort(rest)) ? hop.slice(1, end) : '';
  }
  const colon = hop.indexOf(':');
  return colon > 0 && isPort(hop.slice(colon)) && isIP(hop.slice(0, colon)) === 4 ? hop.slice(0, colon) : hop;
}

function isPort(text: string): boolean {
  return /^:[0-9]{1,5}$/.test(text);
}

/**
 * Walks X-Forwarded-For from the right past trusted proxies: the first address that is not one of them is the person's.
 * A value that is no address ends the walk.
 */
function behindProxies(
  chain: string,
  peer: string,
  trusted: (address: string) => boolean,
): { address: string; kept: string[] } {
  const kept = [peer];
  let address = peer;
  for (const part of chain.split(',').reverse()) {
    const hop = plainAddress(withoutPort(part.trim()));
    if (hop === '0.0.0.0') break;
    address = hop;
    kept.push(hop);
    if (!trusted(hop)) break;
  }
  return { address, kept: kept.reverse() };
}

/**
 * Says who the client is. X-Forwarded-For and -Proto count only when the socket's peer is a configured trusted proxy; from
 * anybody else they are not even read.
 */
export function readClient(
  peerAddress: string | undefined,
  encrypted: boolean,
  headers: HeaderFields,
  trusted: (address: string) => boolean,
): Client {
  const peer = plainAddress(peerAddress);
  const scheme = encrypted ? 'https' : 'http';
  if (!trusted(peer)) return { address: peer, scheme, forwardedFor: peer, near: isLoopback(peer) };
  const { address, kept } = behindProxies(headers.last('x-forwarded-for') ?? '', peer, trusted);
  const said = headers.last('x-forwarded-proto')?.trim().toLowerCase();
  return {
    address,
    scheme: said === 'https' || said === 'http' ? said : scheme,
    forwardedFor: kept.join(', '),
    near: said !== 'http' || isLoopback(address),
  };
}
