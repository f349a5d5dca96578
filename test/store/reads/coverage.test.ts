import assert from 'node:assert/strict';
import { USES } from '../../../src/coverage/effects.ts';
import { sha256Hex } from '../../../src/lib/bytes.ts';
import type { ManageContext } from '../../../src/manage/context.ts';
import { showCoverage } from '../../../src/manage/coverage.ts';
import type { CoverageWish } from '../../../src/manage/coverage-form.ts';
import { meaningOf } from '../../../src/manage/in-force.ts';
import type { WholeStore } from '../../../src/store/types.ts';
import { eachStore } from '../../support/stores.ts';
import { APP, askerOf, CONFIG, entry, NOW, organisation, personWith } from './office.ts';

const said = (detail: Record<string, unknown>) => JSON.stringify(detail);

async function tell(store: WholeStore, at: number, kind: string, accountId: string | null, detail = {}) {
  await entry(store, { at, kind, actor: 'cli:root', accountId, detail: said(detail) });
}

const added = (name: string, organisation: string) => ({
  realm: 'local',
  name,
  organisation,
  groups: '',
  admin: false,
});

/** A year in five entries for each, of two organisations. */
async function happened(store: WholeStore, ctx: ManageContext): Promise<void> {
  const meaning = meaningOf(ctx.config);
  await store.log.putDocument({ digest: sha256Hex(meaning), kind: 'configuration', text: meaning, at: 1 });
  await tell(store, NOW - 900, 'config.load', null, { meaning: sha256Hex(meaning), digest: 'd' });
  for (const id of ['home', 'away'])
    await tell(store, NOW - 890, 'organisation.add', null, {
      organisation: id,
      realm: 'local',
      name: id.toUpperCase(),
    });
  await tell(store, NOW - 800, 'account.add', 'ada', added('ada', 'home'));
  await tell(store, NOW - 790, 'ticket.issue', 'ada', { ticket: 't', until: NOW - 700, resetPassword: false });
  await tell(store, NOW - 780, 'enrol.open', 'ada', { ticket: 't' });
  await tell(store, NOW - 770, 'enrol.password', 'ada', { set: true });
  await tell(store, NOW - 760, 'enrol.authenticator', 'ada', { authenticator: 'f', kind: 'totp', label: 'Phone' });
  await tell(store, NOW - 500, 'account.add', 'bob', added('bob', 'away'));
  await tell(store, NOW - 490, 'ticket.issue', 'bob', { ticket: 'u', until: NOW - 400, resetPassword: false });
  await tell(store, NOW - 300, 'account.disable', 'ada', { name: 'ada' });
  await tell(store, NOW - 200, 'account.remove', 'bob', { realm: 'local', name: 'bob' });
  const stood = { ...added('cat', 'home'), roles: '', password: true, added: NOW - 880, factors: '[]' };
  await tell(store, NOW - 100, 'account.stands', 'cat', stood);
}

async function classes(ctx: ManageContext, wish: CoverageWish): Promise<Record<string, string>> {
  const { rows } = await showCoverage.ask(ctx, wish);
  return Object.fromEntries(rows.map((row) => [row.name ?? row.id, row.class]));
}

eachStore('a moment of the past is answered from the record alone, each cell with its entries', async ({ store }) => {
  const ctx = askerOf(store);
  await happened(store, ctx);
  assert.deepEqual(await classes(ctx, { at: NOW - 895 }), {});
  assert.deepEqual(await classes(ctx, { at: NOW - 785 }), { ada: 'waiting', cat: 'unknown' });
  assert.deepEqual(await classes(ctx, { at: NOW - 750 }), { ada: 'protected', cat: 'unknown' });
  assert.deepEqual(await classes(ctx, { at: NOW - 450 }), { ada: 'protected', bob: 'waiting', cat: 'unknown' });
  assert.deepEqual(await classes(ctx, { at: NOW - 350 }), { ada: 'protected', bob: 'none', cat: 'unknown' });
  assert.deepEqual(await classes(ctx, {}), { ada: 'disabled', bob: 'removed', cat: 'none' });
  const { rows, apps, summary, wanting } = await showCoverage.ask(ctx, { at: NOW - 750, class: 'protected' });
  const [cell] = rows[0]?.cells ?? [];
  assert.equal(cell?.acr, 'mfa');
  const entries = await store.views.entriesByNumber(cell?.basis ?? []);
  assert.deepEqual(entries.map(({ kind }) => kind).sort(), [
    'account.add',
    'config.load',
    'enrol.authenticator',
    'organisation.add',
  ]);
  assert.deepEqual(summary.passwordAlone, { through: 0, past: [] });
  assert.ok(apps.length > 0);
  assert.deepEqual(
    wanting.map(({ what }) => what).filter((what) => what !== 'unsealed'),
    ['unknown-accounts'],
  );
});

eachStore('the policy of an organisation, an open origin and the last use count', async ({ store }) => {
  const ctx = askerOf(store);
  await happened(store, ctx);
  const policy = JSON.stringify({ require: 'passkey' });
  await tell(store, NOW - 700, 'organisation.restrict', null, { organisation: 'home', name: 'HOME', policy });
  const [app] = ctx.config.apps.filter(({ realm }) => realm.id === 'local');
  await entry(store, {
    at: NOW - 690,
    kind: 'origin.checked',
    outcome: 'failed',
    actor: 'system',
    appId: app?.id ?? '',
  });
  const { rows, summary, wanting } = await showCoverage.ask(ctx, { at: NOW - 650, organisation: 'HOME' });
  const ada = rows.find(({ name }) => name === 'ada');
  assert.deepEqual([ada?.class, ada?.cells[0]?.why], ['none', 'too-weak']);
  assert.deepEqual(summary.passwordAlone.past, [{ app: app?.id, accounts: 2 }]);
  assert.ok(wanting.some(({ what }) => what === 'origin-open'));
});

eachStore('pages hold every account once, and a cursor of another list is refused', async ({ store }) => {
  const ctx = askerOf(store);
  await happened(store, ctx);
  const seen: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await showCoverage.ask(ctx, { limit: 1, ...(cursor === undefined ? {} : { cursor }) });
    seen.push(...page.rows.map(({ id }) => id));
    assert.equal(page.total, 3);
    cursor = page.next;
  }
  assert.deepEqual(seen, ['ada', 'bob', 'cat']);
  await assert.rejects(showCoverage.ask(ctx, { cursor: 'bm9uZQ' }), { code: 'usage' });
  await assert.rejects(showCoverage.ask(ctx, { at: NOW * 2 }), { code: 'usage' });
});

eachStore(
  'whoever looks after one organisation sees who belonged to it then, and nothing of any other',
  async ({ store }) => {
    await happened(store, askerOf(store));
    await organisation(store, 'home');
    const ctx = await personWith(store, 'udo', [{ role: 'auditor', organisation: 'home' }]);
    const answer = await showCoverage.ask(ctx, { at: NOW - 450 });
    assert.deepEqual(
      answer.rows.map(({ id }) => id),
      ['ada', 'cat'],
    );
    assert.deepEqual(answer.apps, []);
    assert.deepEqual(
      answer.summary.organisations.map(({ id }) => id),
      ['home'],
    );
    assert.equal(answer.total, 2);
    assert.ok(!JSON.stringify(answer).includes('bob'));
    // An app of another realm, which was found to answer others: whose people none of ours are.
    const others = [APP, { ...APP, id: 'rival-app', realm: { ...APP.realm, id: 'rivals' } }];
    const meaning = meaningOf({ realms: CONFIG.realms, apps: others });
    await store.log.putDocument({ digest: sha256Hex(meaning), kind: 'configuration', text: meaning, at: 1 });
    await tell(store, NOW - 90, 'config.load', null, { meaning: sha256Hex(meaning), digest: 'e' });
    for (const appId of [APP.id, 'rival-app'])
      await entry(store, { at: NOW - 80, kind: 'origin.checked', outcome: 'failed', actor: 'system', appId });
    const now = await showCoverage.ask(ctx, {});
    assert.deepEqual(
      now.wanting.map(({ what, app }) => [what, app]),
      [['origin-open', APP.id]],
    );
    assert.ok(!JSON.stringify(now).includes('rival'));
    assert.ok(JSON.stringify(await showCoverage.ask(askerOf(store), {})).includes('rival'));
  },
);

eachStore(
  'what whoever sees one organisation is told is the same without the others, byte for byte',
  async ({ store }) => {
    const at = NOW - 450;
    const meaning = meaningOf(CONFIG);
    await store.log.putDocument({ digest: sha256Hex(meaning), kind: 'configuration', text: meaning, at: 1 });
    await tell(store, NOW - 900, 'config.load', null, { meaning: sha256Hex(meaning), digest: 'd' });
    await tell(store, NOW - 890, 'organisation.add', null, { organisation: 'home', realm: 'local', name: 'HOME' });
    await tell(store, NOW - 800, 'account.add', 'ada', added('ada', 'home'));
    await organisation(store, 'home');
    const ctx = await personWith(store, 'udo', [{ role: 'auditor', organisation: 'home' }]);
    const asked = async () => JSON.stringify(await showCoverage.ask(ctx, { at }));
    const without = await asked();
    await tell(store, NOW - 700, 'organisation.add', null, { organisation: 'away', realm: 'local', name: 'AWAY' });
    await tell(store, NOW - 500, 'account.add', 'bob', added('bob', 'away'));
    // Of theirs, one stands after a later one.
    await tell(store, NOW - 9_000, 'account.disable', 'bob', { name: 'bob' });
    const detail = said({ names: 9, unknown: 4 });
    await entry(store, { at: NOW - 490, kind: 'roster.read', actor: 'cli:root', appId: APP.id, detail });
    const { record } = await showCoverage.ask(askerOf(store), { at });
    assert.equal(record.outOfOrder, 1);
    assert.equal(await asked(), without);
    assert.ok(!without.includes(sha256Hex(meaning)));
  },
);

eachStore(
  'an app whose own log tells of others is open; whom its list has and nobody here can get in there',
  async ({ store }) => {
    const ctx = askerOf(store);
    await happened(store, ctx);
    const find = (at: number, kind: string, detail: object) =>
      entry(store, {
        ...{ at, kind, actor: 'cli:root', appId: APP.id, detail: JSON.stringify(detail) },
        outcome: kind === 'roster.read' ? 'ok' : 'failed',
      });
    const past = async (at: number) => (await showCoverage.ask(ctx, { at })).summary.passwordAlone.past;
    await find(NOW - 690, 'origin.log-read', { requests: 9, past: 0, unreadable: 2 });
    await find(NOW - 680, 'roster.read', { names: 9, unknown: 4 });
    assert.deepEqual(await past(NOW - 650), [], 'what could not be read shows nobody');
    await find(NOW - 640, 'origin.log-read', { requests: 9, past: 1, unreadable: 0 });
    assert.deepEqual(await past(NOW - 630), [{ app: APP.id, accounts: 6 }]);
  },
);

eachStore(
  'a moment is replayed once for its pages, for each reach apart, and anew when the record says more',
  async ({ store }) => {
    await happened(store, askerOf(store));
    await organisation(store, 'home');
    let read = 0;
    const entriesByNumber = (seqs: readonly number[]) => {
      read += 1;
      return store.views.entriesByNumber(seqs);
    };
    const views = Object.assign(Object.create(store.views), { entriesByNumber });
    const counted = { ...store, views };
    const udo = await personWith(store, 'udo', [{ role: 'auditor', organisation: 'home' }]);
    const [all, home] = [
      { ...askerOf(store), store: counted },
      { ...udo, store: counted },
    ];
    const at = NOW - 450;
    assert.deepEqual(Object.keys(await classes(all, { at })), ['ada', 'bob', 'cat']);
    const once = read;
    assert.ok(once > 0);
    assert.deepEqual(Object.keys(await classes(home, { at })), ['ada', 'cat']);
    assert.deepEqual(Object.keys(await classes(all, { at, limit: 1 })), ['ada']);
    assert.equal(read, once);
    // Of that time, and committed later.
    await tell(store, NOW - 455, 'account.add', 'eve', added('eve', 'home'));
    assert.deepEqual(Object.keys(await classes(all, { at })), ['ada', 'bob', 'cat', 'eve']);
    assert.ok(read > once);
  },
);

eachStore('a factor is told with its last use by then, whatever else its account did', async ({ store }) => {
  const ctx = askerOf(store);
  await happened(store, ctx);
  const used = (at: number, kind: string, authenticator: string, who = 'ada') =>
    tell(store, at, kind, who, { step: 'totp', authenticator });
  await used(NOW - 740, 'sign-in.second', 'f');
  await used(NOW - 730, 'sign-in.step-up', 'f');
  await used(NOW - 720, 'sign-in.second', 'f_other');
  await used(NOW - 725, 'sign-in.second', 'f', 'cat');
  await entry(store, {
    ...{ at: NOW - 710, kind: 'sign-in.second', outcome: 'refused', actor: 'ada', accountId: 'ada' },
    detail: said({ authenticator: 'f' }),
  });
  const at = async (moment: number) => {
    const { rows } = await showCoverage.ask(ctx, { at: moment, class: 'protected' });
    const [row] = rows;
    const [factor] = row?.authenticators ?? [];
    const seq = factor?.lastUsedSeq ?? null;
    const [said] = seq === null ? [] : await store.views.entriesByNumber([seq]);
    return [factor?.lastUsedAt, row?.cells[0]?.lastUsedAt, said?.kind];
  };
  assert.deepEqual(await at(NOW - 750), [null, null, undefined]);
  assert.deepEqual(await at(NOW - 735), [NOW - 740, NOW - 740, 'sign-in.second']);
  assert.deepEqual(await at(NOW - 600), [NOW - 730, NOW - 730, 'sign-in.step-up']);
});

eachStore('the kinds that tell of a use are those that the replay takes for one', async ({ store }) => {
  for (const kind of [...USES, 'session.open', 'sign-in.begin'])
    await tell(store, 5, kind, `of ${kind}`, { authenticator: `f%_\\ ${kind}` });
  const asked = [...USES, 'session.open', 'sign-in.begin'].map((kind) => ({
    ...{ accountId: `of ${kind}`, authenticator: `f%_\\ ${kind}` },
  }));
  const found = await store.views.factorUses(asked, 9);
  assert.deepEqual(found.map(({ accountId }) => accountId).sort(), [...USES].map((kind) => `of ${kind}`).sort());
  const others = asked.map(({ accountId }) => ({ accountId, authenticator: 'fxxx' }));
  assert.deepEqual(await store.views.factorUses(others, 9), []);
  // More than one statement takes.
  const many = Array.from({ length: 1_000 }, (_, i) => ({ accountId: `nobody ${i}`, authenticator: 'f' }));
  assert.equal((await store.views.factorUses([...many, ...asked], 9)).length, USES.size);
});
