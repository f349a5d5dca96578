import { BlockList, isIP } from 'node:net';
import { SallyportError } from '../errors.ts';

/** What is stricter for the people of one organisation than for everybody. All of it only ever takes away. */
export interface PolicyText {
  readonly require?: 'passkey';
  /** ms. */
  readonly idleMs?: number;
  readonly absoluteMs?: number;
  /** Ids of the apps that its people may use, and of no others. */
  readonly apps?: readonly string[];
  /** Addresses or CIDR blocks from which its people come, and from nowhere else. */
  readonly networks?: readonly string[];
}

/** The same, ready to be asked. */
export interface Policy {
  readonly passkeyOnly: boolean;
  /** Infinity where nothing is said. */
  readonly idleMs: number;
  readonly absoluteMs: number;
  /** Why they may not use the app, wherever they are; null: they may. */
  barredApp(appId: string): string | null;
  /** Why they may do nothing from there, not even sign in; null: they may. `address` of the client. */
  barredNetwork(address: string): string | null;
  /** Why they may not use the app from there; null: they may. `address` of the client. */
  barred(appId: string, address: string): string | null;
}

const BARRED_APP = 'not among the apps of the organisation';
const BARRED_NETWORK = 'not from a network of the organisation';

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const block of networks) {
    const [address = '', bits] = block.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

function compile({ require, idleMs, absoluteMs, apps, networks }: PolicyText): Policy {
  const list = networks === undefined ? null : listOf(networks);
  const within = (address: string) => list?.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4') ?? true;
  const allowed = apps === undefined ? null : new Set(apps);
  // Who could not reach the console could not put it right: it has rules of its own.
  const barredApp = (appId: string) =>
    allowed === null || allowed.has(appId) || appId === 'console' ? null : BARRED_APP;
  const barredNetwork = (address: string) => (within(address) ? null : BARRED_NETWORK);
  return {
    passkeyOnly: require === 'passkey',
    idleMs: idleMs ?? Number.POSITIVE_INFINITY,
    absoluteMs: absoluteMs ?? Number.POSITIVE_INFINITY,
    barredApp,
    barredNetwork,
    barred: (appId, address) => barredApp(appId) ?? barredNetwork(address),
  };
}

/** Most organisations have none. */
const NONE = '{}';
/** So many different ones are kept ready; organisations are few, and sessions many. */
const KEPT = 1_000;
const compiled = new Map<string, Policy>();

/** What the row of an organisation says. Throws `store-unavailable` for what is no policy. */
export function readPolicy(text: string): PolicyText {
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read !== 'object' || read === null || Array.isArray(read)) throw new TypeError('not an object');
    // Written from the same type, by manage/.
    return read as PolicyText;
  } catch (cause) {
    throw new SallyportError('store-unavailable', 'The policy of an organisation cannot be read.', { cause });
  }
}

/**
 * The policy that an organisation's row holds; null where there is none. Throws `store-unavailable` for what no policy is, so that its
 * people are refused rather than let in under none.
 */
export function policyOf(text: string): Policy | null {
  if (text === NONE) return null;
  const known = compiled.get(text);
  if (known !== undefined) return known;
  const policy = compile(readPolicy(text));
  const [oldest] = compiled.keys();
  if (compiled.size >= KEPT && oldest !== undefined) compiled.delete(oldest);
  compiled.set(text, policy);
  return policy;
}
