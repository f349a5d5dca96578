import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { decide, type Facts, type SessionFacts } from '../../../src/gate/decide.ts';

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;

const session: SessionFacts = {
  appId: 'portal',
  realm: 'staff',
  accountName: 'alice',
  groups: ['users'],
  live: true,
  opensSession: true,
  phishingResistant: false,
  lastFactorAt: NOW - 10 * MINUTE,
  lastPasskeyAt: 0,
  barred: null,
  passkeyOnly: false,
};
/** A passkey ten minutes ago, a code just now. */
const keyHolder: SessionFacts = {
  ...session,
  phishingResistant: true,
  lastFactorAt: NOW,
  lastPasskeyAt: NOW - 10 * MINUTE,
};
const exemption = {
  method: 'GET',
  path: '/healthz',
  reason: 'probe',
  owner: 'ops',
  expiresAt: NOW + MINUTE,
  expires: '2027-01-31',
};
const rule = { path: '/admin/**', require: 'mfa', maxAgeMs: null, groups: [] } as const;
const base: Facts = {
  appId: 'portal',
  realm: 'staff',
  now: NOW,
  session,
  rule: null,
  exemption: null,
  upgrade: false,
  originAllowed: false,
  reading: null,
  loginFirst: false,
  holders: null,
  unboundExpired: false,
};

const holders = (accounts: string[], groups: string[]) => ({ accounts: new Set(accounts), groups });

const verdict = (set: Partial<Facts>): string => {
  const decision = decide({ ...base, ...set });
  if (decision.kind === 'deny') return `deny ${decision.code}`;
  return decision.kind === 'challenge' ? `challenge ${decision.step}` : decision.kind;
};
const TABLE: readonly (readonly [string, Partial<Facts>, string])[] = [
  ['a live session of this app', {}, 'admit'],
  ['no session', { session: null }, 'challenge sign-in'],
  ['an ended session', { session: { ...session, live: false } }, 'challenge sign-in'],
  ['a session that a factor did not open', { session: { ...session, opensSession: false } }, 'challenge sign-in'],
  ['a session of another app', { session: { ...session, appId: 'payroll' } }, 'challenge sign-in'],
  ['a session of another realm', { session: { ...session, realm: 'customers' } }, 'challenge sign-in'],
  ['an exemption without session', { session: null, exemption }, 'exempt'],
  ['an exemption with a session', { exemption }, 'admit'],
  ['an exemption with a dead session', { session: { ...session, live: false }, exemption }, 'exempt'],
  [
    'an exemption for an upgrade',
    { session: null, exemption, upgrade: true, originAllowed: true },
    'challenge sign-in',
  ],
  ['an upgrade from our origin', { upgrade: true, originAllowed: true }, 'admit'],
  ['an upgrade from elsewhere', { upgrade: true }, 'deny wrong-origin'],
  ['an upgrade from elsewhere without session', { upgrade: true, session: null }, 'deny wrong-origin'],
  ['a rule that asks for nothing more', { rule }, 'admit'],
  ['a rule without session', { rule, session: null }, 'challenge sign-in'],
  ['a group that the account is not in', { rule: { ...rule, groups: ['ops'] } }, 'deny forbidden'],
  ['one of several groups', { rule: { ...rule, groups: ['ops', 'users'] } }, 'admit'],
  [
    'a group for an account without groups',
    { rule: { ...rule, groups: ['ops'] }, session: { ...session, groups: [] } },
    'deny forbidden',
  ],
  ['a passkey that was not used', { rule: { ...rule, require: 'passkey' } }, 'challenge passkey'],
  ['a passkey without session', { rule: { ...rule, require: 'passkey' }, session: null }, 'challenge sign-in'],
  ['a passkey that was used', { rule: { ...rule, require: 'passkey' }, session: keyHolder }, 'admit'],
  ['a passkey in the wrong group', { rule: { ...rule, require: 'passkey', groups: ['ops'] } }, 'deny forbidden'],
  [
    'a passkey that is fresh to the millisecond',
    { rule: { ...rule, require: 'passkey', maxAgeMs: 10 * MINUTE }, session: keyHolder },
    'admit',
  ],
  [
    'a passkey that is a millisecond too old, whatever code was typed since',
    { rule: { ...rule, require: 'passkey', maxAgeMs: 10 * MINUTE - 1 }, session: keyHolder },
    'challenge passkey',
  ],
  [
    'a fresh code where a passkey is required and none was used',
    { rule: { ...rule, require: 'passkey', maxAgeMs: MINUTE }, session: { ...session, lastFactorAt: NOW } },
    'challenge passkey',
  ],
  [
    'an old passkey and a fresh code where any factor will do',
    { rule: { ...rule, maxAgeMs: MINUTE }, session: keyHolder },
    'admit',
  ],
  [
    'a passkey at no time',
    { rule: { ...rule, require: 'passkey', maxAgeMs: MINUTE }, session: { ...keyHolder, lastPasskeyAt: Number.NaN } },
    'challenge passkey',
  ],
  [
    'a passkey age that is no number',
    { rule: { ...rule, require: 'passkey', maxAgeMs: Number.NaN }, session: keyHolder },
    'challenge passkey',
  ],
  ['a factor that is fresh to the millisecond', { rule: { ...rule, maxAgeMs: 10 * MINUTE } }, 'admit'],
  ['a factor that is a millisecond too old', { rule: { ...rule, maxAgeMs: 10 * MINUTE - 1 } }, 'challenge step-up'],
  ['an age that is no number', { rule: { ...rule, maxAgeMs: Number.NaN } }, 'challenge step-up'],
  [
    'a factor at no time',
    { rule: { ...rule, maxAgeMs: MINUTE }, session: { ...session, lastFactorAt: Number.NaN } },
    'challenge step-up',
  ],
  ['another way to sign in at the app', { reading: 'door' }, 'deny forbidden'],
  ['credentials in a wrong place', { reading: 'guarded' }, 'deny credentials-misplaced'],
  ['another way in, without session', { reading: 'door', session: null }, 'challenge sign-in'],
  ['another way in, exempt', { reading: 'door', session: null, exemption }, 'challenge sign-in'],
  ['credentials at an exempt path', { reading: 'guarded', session: null, exemption }, 'challenge sign-in'],
  ['a sign-in at an exempt path', { reading: 'step', session: null, exemption }, 'challenge sign-in'],
  ['a sign-in at the app within a session', { reading: 'step' }, 'step'],
  ['a sign-in at the app as an upgrade', { reading: 'step', upgrade: true, originAllowed: true }, 'admit'],
  ['a sign-in where the factor comes first', { reading: 'step', session: null }, 'challenge sign-in'],
  ['a sign-in where it comes first', { reading: 'step', session: null, loginFirst: true }, 'step'],
  ['a sign-in page where it comes first', { reading: 'surface', session: null, loginFirst: true }, 'surface'],
  ['a sign-in page where the factor comes first', { reading: 'surface', session: null }, 'challenge sign-in'],
  [
    'an upgrade of the surface',
    { reading: 'surface', session: null, loginFirst: true, upgrade: true, originAllowed: true },
    'challenge sign-in',
  ],
  ['an ordinary request without session', { reading: 'plain', session: null, loginFirst: true }, 'challenge sign-in'],
  ['a declaration that has expired', { unboundExpired: true }, 'deny forbidden'],
  ['a declaration that has expired, exempt', { unboundExpired: true, session: null, exemption }, 'deny forbidden'],
  ['who holds the one account', { holders: holders(['alice'], []) }, 'admit'],
  ['who is in a group that holds it', { holders: holders(['bob'], ['users', 'ops']) }, 'admit'],
  ['who does not', { holders: holders(['bob'], ['ops']) }, 'deny forbidden'],
  ['an account that nobody holds', { holders: holders([], []) }, 'deny forbidden'],
  ['its sign-in, by who does not', { holders: holders(['bob'], []), reading: 'step' }, 'deny forbidden'],
  [
    'its WebSocket, by who does not',
    { holders: holders([], []), upgrade: true, originAllowed: true },
    'deny forbidden',
  ],
  ['nobody', { holders: holders(['alice'], []), session: null }, 'challenge sign-in'],
  ['the wrong group and an old factor', { rule: { ...rule, groups: ['ops'], maxAgeMs: 1 } }, 'deny forbidden'],
];

for (const [what, set, expected] of TABLE) {
  test(`${what}: ${expected}`, () => assert.equal(verdict(set), expected));
}

const facts: fc.Arbitrary<Facts> = fc.record({
  appId: fc.constantFrom('portal', 'payroll'),
  realm: fc.constantFrom('staff', 'customers'),
  now: fc.constant(NOW),
  session: fc.option(
    fc.record({
      appId: fc.constantFrom('portal', 'payroll'),
      realm: fc.constantFrom('staff', 'customers'),
      accountName: fc.constantFrom('alice', 'bob'),
      groups: fc.subarray(['users', 'ops']),
      live: fc.boolean(),
      opensSession: fc.boolean(),
      phishingResistant: fc.boolean(),
      lastFactorAt: fc.constantFrom(0, NOW - MINUTE, NOW, Number.NaN),
      lastPasskeyAt: fc.constantFrom(0, NOW - MINUTE, NOW, Number.NaN),
      barred: fc.constantFrom(null, null, 'not from there'),
      passkeyOnly: fc.boolean(),
    }),
  ),
  rule: fc.option(
    fc.record({
      path: fc.constant('/admin/**'),
      require: fc.constantFrom('mfa' as const, 'passkey' as const),
      maxAgeMs: fc.option(fc.constantFrom(0, MINUTE)),
      groups: fc.subarray(['users', 'ops']),
    }),
  ),
  exemption: fc.option(fc.constant(exemption)),
  upgrade: fc.boolean(),
  originAllowed: fc.boolean(),
  reading: fc.constantFrom(null, 'door', 'guarded', 'step', 'surface', 'plain'),
  loginFirst: fc.boolean(),
  holders: fc.option(fc.constantFrom(holders(['alice'], []), holders([], ['ops']), holders([], []))),
  unboundExpired: fc.boolean(),
});

test('nothing is admitted without a live session of this very app that a factor opened', () => {
  fc.assert(
    fc.property(facts, (given) => {
      const { kind } = decide(given);
      const { session: s } = given;
      if (kind === 'admit') {
        assert.ok(s?.live && s.opensSession && s.appId === given.appId && s.realm === given.realm);
        assert.ok(!given.upgrade || given.originAllowed);
        assert.ok(given.upgrade || given.reading !== 'step');
        assert.ok(s.barred === null && (!s.passkeyOnly || s.phishingResistant));
      }
      if (given.reading === 'door' || given.reading === 'guarded') assert.ok(kind === 'challenge' || kind === 'deny');
      if (given.unboundExpired) assert.equal(kind, 'deny');
      if (kind === 'exempt') assert.ok(given.exemption !== null && !given.upgrade && given.reading !== 'step');
      if (kind === 'surface') assert.ok(given.loginFirst && given.reading === 'surface' && !given.upgrade);
      if (kind === 'step') {
        assert.ok(given.reading === 'step' && !given.upgrade);
        const own = s?.live && s.opensSession && s.appId === given.appId && s.realm === given.realm;
        if (own) assert.ok(s.barred === null && (!s.passkeyOnly || s.phishingResistant));
      }
    }),
    { seed: 20260101, numRuns: 2000 },
  );
});

/** Every combination of the facts that a rule weighs, against the sentence that describes it. */
test('a rule is met by what it names alone: a passkey by a passkey, an age by the factor that it asks for', () => {
  const times = [0, NOW - 2 * MINUTE, NOW - MINUTE, NOW, Number.NaN];
  const flags = [false, true];
  let seen = 0;
  for (const require of ['mfa', 'passkey'] as const)
    for (const maxAgeMs of [null, 0, MINUTE])
      for (const groups of [[], ['ops'], ['users', 'ops']])
        for (const phishingResistant of flags)
          for (const lastFactorAt of times)
            for (const lastPasskeyAt of times) {
              const given = { ...session, phishingResistant, lastFactorAt, lastPasskeyAt };
              const member = groups.length === 0 || groups.includes('users');
              const usedAt = require === 'passkey' ? lastPasskeyAt : lastFactorAt;
              const fresh = maxAgeMs === null || NOW - usedAt <= maxAgeMs;
              const strong = require === 'mfa' || phishingResistant;
              const wish = require === 'passkey' ? 'challenge passkey' : 'challenge step-up';
              const expected = !member ? 'deny forbidden' : strong && fresh ? 'admit' : wish;
              const facts = { rule: { ...rule, require, maxAgeMs, groups }, session: given };
              assert.equal(verdict(facts), expected, JSON.stringify(facts));
              seen++;
            }
  assert.equal(seen, 900);
});

test('every single requirement that is not met turns an admission into something else', () => {
  const strict: Facts = {
    ...base,
    upgrade: true,
    originAllowed: true,
    rule: { path: '/x', require: 'passkey', maxAgeMs: 20 * MINUTE, groups: ['users'] },
    session: { ...keyHolder, lastPasskeyAt: NOW },
  };
  assert.equal(decide(strict).kind, 'admit');
  const holder = strict.session ?? session;
  const broken: readonly Partial<Facts>[] = [
    { originAllowed: false },
    { session: null },
    { appId: 'x' },
    { realm: 'x' },
    { now: NOW + 20 * MINUTE + 1 },
    ...Object.entries({
      live: false,
      opensSession: false,
      phishingResistant: false,
      lastPasskeyAt: NOW - 20 * MINUTE - 1,
      groups: [],
      appId: 'x',
      realm: 'x',
    }).map(([name, value]) => ({ session: { ...holder, [name]: value } })),
  ];
  for (const set of broken) assert.notEqual(decide({ ...strict, ...set }).kind, 'admit', JSON.stringify(set));
});
