import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { policyDetail } from '../../src/coverage/detail.ts';
import { meaningText } from '../../src/coverage/in-force.ts';
import { slicesOf } from '../../src/coverage/slice.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { sbom } from '../../src/lib/sbom.ts';
import { membersOf } from '../../src/pack/write/members.ts';
import { type PackParts, writePack } from '../../src/pack/write/pack.ts';
import type { Wish } from '../../src/pack/write/shown.ts';
import { lastUses } from '../../src/pack/write/uses.ts';
import { keepNames, withoutNames } from '../../src/rosters/kept.ts';
import { openStore } from '../../src/store/open.ts';
import type { WholeStore as Store } from '../../src/store/types.ts';
import type { Signer } from '../../src/tlog/key.ts';
import { StillClock } from './clock.ts';
import { numbers } from './remake.ts';
import { logKey, sealerOn } from './seal.ts';

export const DAY = 86_400_000;
export const START = Date.UTC(2026, 8, 1);
export const WISH: Wish = { from: START + 2 * DAY, to: START + 20 * DAY, organisation: null, redact: false };
export const NORTH = { id: 'org-north-7f3a', name: 'Northern Surgery Group', realm: 'staff' };
export const SOUTH = { id: 'org-south-91cc', name: 'Southfield Pharmacies', realm: 'staff' };

type Said = {
  account?: string;
  app?: string;
  actor?: string;
  source?: string;
  outcome?: 'ok' | 'failed';
  detail?: object;
};

/** A store whose record is written by a moved clock, and sealed after each day. */
export interface Estate {
  readonly store: Store;
  readonly key: Signer;
  /** Heads that were signed meanwhile, oldest first. */
  readonly heads: string[];
}

export async function note(store: Store, at: number, kind: string, said: Said = {}): Promise<void> {
  await store.audit.append({
    at,
    kind: kind as never, // some kinds are of other rooms
    outcome: said.outcome ?? 'ok',
    actor: said.actor ?? 'cli:root',
    accountId: said.account ?? null,
    sessionId: null,
    appId: said.app ?? null,
    source: said.source ?? null,
    detail: JSON.stringify(said.detail ?? {}),
  });
}

const app = (id: string, exemptions: readonly object[], bound = 'bound (whoami)', more: object = {}) => ({
  ...{
    id,
    hosts: [`${id}.example.org`],
    realm: 'staff',
    rp: 'example.org',
    bound,
    preset: null,
    order: null,
    unbound: null,
  },
  ...{ holders: null, rules: [], exemptions, surfaces: [], doors: [], ...more },
});

const REALMS = [
  { id: 'staff', source: 'local' },
  { id: 'other', source: 'app' },
];

async function configured(store: Store, at: number, apps: readonly object[], sbom: string): Promise<void> {
  const meaning = meaningText({ realms: REALMS, apps: apps as never });
  const text = `apps: ${apps.length}\n`;
  const digest = (of: string) => createHash('sha256').update(of).digest('hex');
  await store.log.putDocument({ digest: digest(meaning), kind: 'coverage', text: meaning, at });
  await store.log.putDocument({ digest: digest(text), kind: 'configuration', text, at });
  const slices = slicesOf({ realms: REALMS, apps: apps as never });
  for (const slice of slices) await store.log.putDocument({ digest: digest(slice), kind: 'coverage', text: slice, at });
  await store.log.putDocument({ digest: digest(sbom), kind: 'sbom', text: sbom, at });
  const named = Object.fromEntries(slices.map((slice, i) => [`slice.${i + 1}`, digest(slice)]));
  const software = { sallyport: '0.1.0', node: '24.21.0', sbom: digest(sbom) };
  const detail = { realms: 'staff other', digest: digest(text), meaning: digest(meaning), ...software, ...named };
  await note(store, at, 'config.load', { actor: 'system', detail });
}

interface Person {
  readonly id: string;
  readonly name: string;
  readonly organisation: string;
}

async function joined(store: Store, at: number, { id, name, organisation }: Person): Promise<void> {
  const place = { realm: 'staff', name, organisation, groups: 'ward', admin: false };
  await note(store, at, 'account.add', { account: id, detail: place });
  const until = at + 3 * DAY;
  await note(store, at + 1, 'ticket.issue', {
    account: id,
    detail: { ticket: `t-${id}`, until, resetPassword: false },
  });
}

async function enrolled(store: Store, at: number, id: string, factor: object): Promise<void> {
  const said = { account: id, actor: id, source: '203.0.113.77' };
  await note(store, at, 'enrol.open', { ...said, detail: { ticket: `t-${id}` } });
  await note(store, at + 1, 'enrol.authenticator', { ...said, detail: factor });
  await note(store, at + 2, 'enrol.finish', { ...said, detail: { adding: false } });
}

export const PEOPLE = {
  alice: { id: 'acc-1a', name: 'alice.north', organisation: NORTH.id },
  bob: { id: 'acc-2b', name: 'bob.north', organisation: NORTH.id },
  carol: { id: 'acc-3c', name: 'carol.south', organisation: SOUTH.id },
  dora: { id: 'acc-4d', name: 'dora.moves', organisation: SOUTH.id },
  erin: { id: 'acc-5e', name: 'erin.north', organisation: NORTH.id },
  frank: { id: 'acc-6f', name: 'frank.south', organisation: SOUTH.id },
} as const;

/** What is in force from the twelfth day on: `desk` is held by few, who are named. */
const SECOND = [
  app(
    'portal',
    [
      {
        method: 'GET',
        path: '/look-alive',
        reason: 'probe',
        owner: 'ops@example.org',
        expires: '2027-01-31',
        expiresAt: START + 152 * DAY,
      },
    ],
    'bound (whoami)',
    { rules: [{ path: '/admin/**', require: 'passkey', maxAgeMs: 900_000, groups: ['board-of-south'] }] },
  ),
  app('ward', [], 'unbound', {
    unbound: { reason: 'no preset yet', owner: 'ops@example.org', expires: '2026-12-31', expiresAt: START + 121 * DAY },
  }),
  app('desk', [], 'bound (form)', {
    holders: { accounts: ['frank.south'], groups: ['desk-of-south'] },
    doors: ['/api/southfield'],
  }),
];

const EXEMPTION = { method: 'GET', path: '/healthz', reason: 'probe', owner: 'ops@example.org' };

async function firstDays(store: Store): Promise<void> {
  const { alice, bob, carol, dora } = PEOPLE;
  const exempt = { ...EXEMPTION, expires: '2026-09-10', expiresAt: START + 9 * DAY };
  await configured(store, START, [app('portal', [exempt]), app('ward', [])], '{"version":"of before"}');
  for (const { id: organisation, name } of [NORTH, SOUTH])
    await note(store, START + 10, 'organisation.add', { detail: { organisation, realm: 'staff', name } });
  for (const person of [alice, bob, carol, dora]) await joined(store, START + DAY, person);
  const passkey = { authenticator: 'f-a', kind: 'passkey', label: 'Alice her key', rp: 'example.org' };
  await enrolled(store, START + 3 * DAY, alice.id, {
    ...passkey,
    userVerified: true,
    deviceBound: true,
    backedUp: false,
  });
  await enrolled(store, START + 3 * DAY + 60_000, carol.id, {
    authenticator: 'f-c',
    kind: 'totp',
    label: 'Carol phone',
  });
  for (let i = 0; i < 6; i += 1)
    await note(store, START + 3 * DAY + 70_000 + i, 'session.open', { account: alice.id, actor: alice.id });
}

export const LISTED = ['alice.north', 'bob.north', 'carol.south', 'eve stranger', '=1+1 "q" \u2028 ž'] as const;

/** Lists of the portal's: of one a name is erased afterwards, of another all are, and one is whole. */
async function listed(store: Store, day: number): Promise<void> {
  const at = START + day * DAY + 100;
  const read = async (names: readonly string[]) => {
    const seed = numbers(day);
    const { digest, text } = keepNames(names, (n) => Uint8Array.from({ length: n }, () => seed(256)));
    await store.rosters.put({ digest, appId: 'portal', readAt: at, text });
    await note(store, at, 'roster.read', { app: 'portal', detail: { digest, from: 'upload', names: names.length } });
  };
  const erase = async (isMeant: (name: string) => boolean, rule: 'retention' | 'request') => {
    const list = await store.rosters.newest('portal');
    const less = list?.text == null ? null : withoutNames({ ...list, text: list.text }, isMeant);
    if (list !== undefined && less !== null)
      await store.rosters.erase({ list, at, actor: 'cli:root', rule, under: 'asked by the person', ...less });
  };
  if (day === 5) await read(LISTED.slice(0, 4));
  if (day === 9) await erase(() => true, 'retention');
  if (day === 14) await read(LISTED);
  if (day === 17) await erase((name) => name === 'eve stranger', 'request');
  if (day === 18) await read(['alice.north']);
}

async function laterDays(store: Store, day: number): Promise<void> {
  const { alice, bob, carol, dora } = PEOPLE;
  const at = START + day * DAY;
  await note(store, at, 'canary.passed', { actor: 'system', app: 'portal', detail: { cases: 40 } });
  if (day === 6) await note(store, at, 'account.move', { account: dora.id, detail: { from: SOUTH.id, to: NORTH.id } });
  if (day === 7)
    await note(store, at, 'recovery.replace', {
      account: carol.id,
      actor: carol.id,
      detail: { authenticator: 'r-c', codes: 10 },
    });
  if (day === 8)
    await note(store, at, 'origin.checked', { actor: 'system', app: 'ward', outcome: 'failed', detail: { count: 1 } });
  if (day === 10) await note(store, at, 'origin.checked', { actor: 'system', app: 'ward' });
  if (day === 11)
    await note(store, at, 'authenticator.disabled', { account: alice.id, detail: { authenticator: 'f-a' } });
  if (day === 12) await configured(store, at, SECOND, sbom());
  if (day === 13)
    await note(store, at, 'account.disable', { account: bob.id, actor: alice.id, detail: { name: bob.name } });
  if (day === 15)
    await note(store, at, 'account.remove', { account: carol.id, detail: { realm: 'staff', name: carol.name } });
}

/** Who comes when the others have gone, and uses what they enrol. */
async function lastDays(store: Store, day: number): Promise<void> {
  const { erin, frank } = PEOPLE;
  const at = START + day * DAY;
  const by = ({ id }: Person) => ({ account: id, actor: id, source: '203.0.113.77' });
  if (day === 16) for (const person of [erin, frank]) await joined(store, at + 10, person);
  if (day === 17) {
    const passkey = { authenticator: 'f-e', kind: 'passkey', label: 'Erin her key', rp: 'example.org' };
    await enrolled(store, at + 10, erin.id, { ...passkey, userVerified: true, deviceBound: true, backedUp: false });
    await note(store, at + 15, 'recovery.replace', { ...by(erin), detail: { authenticator: 'r-e', codes: 10 } });
    await enrolled(store, at + 20, frank.id, { authenticator: 'f-f', kind: 'totp', label: 'Frank phone' });
    await note(store, at + 25, 'enrol.password', { ...by(frank), detail: { set: true } });
  }
  if (day === 18)
    for (let i = 0; i < 5; i += 1) {
      const more = { ...by(erin), app: 'portal' };
      await note(store, at + 30 + i, 'sign-in.second', { ...more, detail: { step: 'passkey', authenticator: 'f-e' } });
      const code = { ...by(frank), detail: { step: 'totp', authenticator: 'f-f' } };
      await note(
        store,
        at + 40 + i,
        i === 3 ? 'sign-in.step-up' : 'sign-in.second',
        i === 4 ? { ...code, outcome: 'failed' } : code,
      );
    }
  if (day === 19)
    for (const [{ id: organisation, name }, policy] of [
      [NORTH, { apps: ['portal', 'desk'] }],
      [SOUTH, { require: 'passkey', networks: ['203.0.113.77'] }],
    ] as const)
      await note(store, at + 50, 'organisation.restrict', {
        detail: { organisation, name, ...policyDetail(JSON.stringify(policy)) },
      });
}

/** Three weeks of two organisations. */
export async function estate(store: Store): Promise<Estate> {
  const clock = new StillClock(START);
  const key = await logKey(store, clock);
  const sealer = sealerOn(store, clock, true);
  const heads: string[] = [];
  const seal = async (at: number) => {
    clock.wall = at;
    await sealer.turn();
    const { note: head } = await store.log.state();
    if (head !== null) heads.push(head);
  };
  await firstDays(store);
  await seal(START + 4 * DAY);
  for (let day = 5; day < 20; day += 1) {
    await laterDays(store, day);
    await listed(store, day);
    await lastDays(store, day);
    await seal(START + day * DAY + 1000);
  }
  return { store, key, heads };
}

/** The parts of a pack of that estate. */
export async function partsOf({ store, key }: Estate, wish: Wish = WISH): Promise<PackParts> {
  const now = START + 21 * DAY;
  const { organisation, to } = wish;
  const members =
    organisation === null ? null : await membersOf(store.audit, { organisation: organisation.id, to }, new Set());
  const sight = { members, apps: new Set(['portal', 'ward', 'desk']) };
  return { store, key, now, ...sight, uses: await lastUses(store.audit, wish, sight), checkpoint: null };
}

export async function packed(parts: PackParts, wish: Wish = WISH): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(writePack(parts, wish)));
}

/** A pack of such an estate on a database of its own, which is gone afterwards. */
export async function evidenceStore<T>(work: (on: { estate: Estate; pack: Buffer }) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-evidence-'));
  const store = await openStore({ kind: 'sqlite', path: join(folder, 'data', 'sallyport.db') }, { clock: systemClock });
  try {
    const made = await estate(store);
    return await work({ estate: made, pack: await packed(await partsOf(made)) });
  } finally {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}
