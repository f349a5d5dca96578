import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { detailOf, longDetail, longOf } from '../../../src/coverage/detail.ts';
import { KINDS, USES } from '../../../src/coverage/effects.ts';
import { Replay, replay } from '../../../src/coverage/replay.ts';
import { ADDED, entries } from './entries.ts';

test('an account is known from its first entry on, with what it has enrolled', async () => {
  const state = await replay(
    entries(
      ['account.add', { detail: ADDED }],
      ['ticket.issue', { detail: { ticket: 't1', until: 9_000_000, resetPassword: false } }],
      ['enrol.open', { detail: { ticket: 't1' } }],
      ['enrol.authenticator', { detail: { authenticator: 'f1', kind: 'totp', label: 'Phone' } }],
      ['recovery.replace', { detail: { authenticator: 'r1', codes: 10 } }],
      ['enrol.finish', { detail: { adding: false } }],
      ['recovery.use', { detail: { authenticator: 'r1', left: 9 } }],
    ),
  );
  const account = state.accounts.get('a1');
  assert.equal(account?.knownFrom, 60_000);
  assert.deepEqual([...(account?.factors.keys() ?? [])], ['f1']);
  assert.equal(account?.recovery?.left, 9);
  assert.equal(account?.ticket, null);
  assert.equal(state.organisations.get('realm.staff')?.name, 'staff');
});

test('what was refused has no effect', async () => {
  const state = await replay(
    entries(
      ['account.add', { detail: ADDED }],
      ['enrol.authenticator', { outcome: 'refused', detail: { authenticator: 'f1', kind: 'totp' } }],
      ['account.disable', { outcome: 'failed' }],
    ),
  );
  assert.equal(state.accounts.get('a1')?.factors.size, 0);
  assert.equal(state.accounts.get('a1')?.disabledAt, null);
});

test('an account that was there before the record is not known, whatever it enrolls', async () => {
  const enrolled = entries(['enrol.authenticator', { detail: { authenticator: 'f1', kind: 'totp' } }]);
  assert.equal((await replay(enrolled)).accounts.get('a1')?.knownFrom, null);
});

test('a factor of which the record does not say what it is makes the account unknown', async () => {
  const state = await replay(
    entries(['account.add', { detail: ADDED }], ['enrol.authenticator', { detail: { kind: 'totp' } }]),
  );
  assert.equal(state.accounts.get('a1')?.knownFrom, null);
});

test('account.stands is what holds from then on, and tells of the time before only that it was there', () => {
  const factor = { id: 'f1', kind: 'totp', label: 'x', enrolledAt: 5, rp: null, disabledAt: null };
  const standing = { ...ADDED, roles: '', password: true, added: 10, factors: JSON.stringify([factor]) };
  const [entry] = entries(['account.stands', { at: 1_000, detail: standing }]);
  assert.ok(entry);
  const after = new Replay();
  after.feed(entry);
  assert.equal(after.state().accounts.get('a1')?.knownFrom, 1_000);
  assert.equal(after.state().accounts.get('a1')?.factors.get('f1')?.seq, 1);
  const before = new Replay();
  before.later(entry, 500);
  assert.equal(before.state().accounts.get('a1')?.knownFrom, null);
  assert.equal(before.state().accounts.get('a1')?.name, 'alice');
  const earlier = new Replay();
  earlier.later(entry, 9);
  assert.equal(earlier.state().accounts.size, 0);
});

test('clocks that were set back, kinds of newer versions and decisions that were dropped are told', async () => {
  const state = await replay(
    entries(
      ['account.add', { detail: ADDED }],
      ['account.disable', { at: 1 }],
      ['account.teleport'],
      ['audit.dropped', { accountId: null, detail: { class: 'decisions', to: 99 } }],
      ['audit.dropped', { accountId: null, detail: { class: 'refusals', to: 999 } }],
    ),
  );
  assert.equal(state.outOfOrder, 1);
  assert.equal(state.accounts.get('a1')?.disabledAt, 1);
  assert.deepEqual(state.unknownKinds, ['account.teleport']);
  assert.equal(state.droppedBefore, 100);
});

test('whatever the detail of an entry is, it is read without an error', () => {
  const kinds = fc.constantFrom(...KINDS, ...USES);
  const detail = fc.oneof(fc.json(), fc.string(), fc.constant('{"factors":"[{}]","names":"[]","recovery":"3"}'));
  fc.assert(
    fc.property(fc.array(fc.tuple(kinds, detail), { maxLength: 20 }), (all) => {
      const following = new Replay();
      for (const [index, [kind, text]] of all.entries())
        following.feed({ seq: index, at: index, kind, outcome: 'ok', accountId: 'a', appId: 'p', detail: text });
      assert.ok(following.state().read === all.length);
    }),
  );
});

test('a long text comes back whole, and one that is too long is told to be missing', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 4_000, unit: 'grapheme' }), (text) => {
      const detail = detailOf({ detail: JSON.stringify(longDetail('name', text)) });
      assert.equal(longOf(detail, 'name'), text.endsWith('…') ? null : text);
    }),
  );
  const most = 'x'.repeat(480 * 64);
  assert.equal(longOf(longDetail('name', most), 'name'), most);
  assert.equal(longOf(longDetail('name', `${most}x`), 'name'), null);
});

test('a reading that came to nothing undoes nothing that one before has found', async () => {
  const detailsOf = async (those: ReturnType<typeof entries>) =>
    [...(await replay(those)).findings.values()].map(({ kind, ok, detail }) => [kind, ok, detail]);
  const list = { unknown: 4 };
  assert.deepEqual(
    await detailsOf(
      entries(
        ['roster.read', { appId: 'portal', detail: list }],
        ['roster.read', { appId: 'portal', outcome: 'failed', detail: { from: 'file', why: 'gone' } }],
      ),
    ),
    [['roster.read', false, list]],
  );
  assert.deepEqual(
    await detailsOf(
      entries(
        ['origin.log-read', { appId: 'portal', outcome: 'failed', detail: { past: 1 } }],
        ['origin.log-read', { appId: 'portal', outcome: 'failed', detail: { past: 0, unreadable: 9 } }],
      ),
    ),
    [['origin.log-read', false, { past: 1 }]],
  );
  assert.deepEqual(
    await detailsOf(
      entries(
        ['origin.log-read', { appId: 'portal', outcome: 'failed', detail: { past: 1 } }],
        ['origin.log-read', { appId: 'portal', detail: { past: 0 } }],
      ),
    ),
    [['origin.log-read', true, { past: 0 }]],
    'a whole log in which there is nothing does',
  );
});
