import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { listAccounts, showAccount } from '../../../src/manage/accounts.ts';
import { tailAudit } from '../../../src/manage/audit.ts';
import type { ManageContext } from '../../../src/manage/context.ts';
import { importAccounts as act, previewImport } from '../../../src/manage/import.ts';
import { importInParts } from '../../../src/manage/import-parts.ts';
import { parted } from '../../../src/manage/import-text.ts';
import { issueToken } from '../../../src/manage/operations.ts';
import { addOrganisation, moveAccount } from '../../../src/manage/organisations.ts';
import { addAccount, importAccounts } from '../../support/manage.ts';
import { inWorld, openWorld, outcome, type World } from '../login/world.ts';
import { askerWith } from './role-stage.ts';

const HEAD = 'account,realm,email,groups,organisation';

/** Everybody, as they are. */
async function everybody({ manage }: World) {
  return (await listAccounts.ask(manage, {})).map(({ name, email, groups, organisationId, id }) => {
    return { name, email, groups, organisationId, id };
  });
}

async function twoOrganisations({ manage }: World): Promise<readonly [string, string]> {
  const add = async (name: string) => (await addOrganisation.perform(manage, { name, realm: 'staff' })).id;
  return [await add('North'), await add('South')];
}

test(
  'accounts that are there get what their line says otherwise, and keep what it leaves empty',
  inWorld(async (world) => {
    const { manage } = world;
    const [north, south] = await twoOrganisations(world);
    await addAccount(manage, {
      name: 'ann',
      realm: 'staff',
      email: 'ann@old.example',
      groups: ['a'],
      organisation: north,
    });
    await addAccount(manage, { name: 'ben', realm: 'staff', email: 'ben@example.org', groups: ['b', 'c'] });
    const text = `${HEAD}\nann,staff,ann@new.example,,South\nben,staff,,c b,\ncat,staff,,x,North\n`;
    const preview = await previewImport.ask(manage, { text });
    assert.deepEqual(
      preview.lines.map(({ line, name, what, fields }) => [line, name, what, fields]),
      [
        [2, 'ann', 'changed', ['email', 'organisation']],
        [3, 'ben', 'unchanged', []],
        [4, 'cat', 'new', []],
      ],
    );
    const before = (await tailAudit(manage)).length;
    const done = await importAccounts(manage, text);
    assert.deepEqual(
      done.changed.map(({ name, fields }) => [name, fields]),
      [['ann', ['email', 'organisation']]],
    );
    const kinds = (await tailAudit(manage)).slice(before).map((row) => row.kind);
    assert.deepEqual(kinds, ['account.set', 'account.move', 'account.add', 'account.import']);
    const ann = await showAccount.ask(manage, { account: 'ann' });
    assert.deepEqual([ann.email, ann.groups, ann.organisationId], ['ann@new.example', ['a'], south]);
    assert.equal((await showAccount.ask(manage, { account: 'cat' })).organisationId, north);
  }),
);

test(
  'the same text twice does nothing the second time, and leaves no entry; with newOnly what is there is a fault',
  inWorld(async (world) => {
    const text = `${HEAD}\nann,staff,ann@example.org,a b,\nben,customers,,,\n`;
    assert.equal((await importAccounts(world.manage, text)).added.length, 2);
    const [first, entries] = [await everybody(world), (await tailAudit(world.manage)).length];
    const again = await importAccounts(world.manage, text);
    assert.deepEqual([again.added, again.changed, again.faults, again.unchanged.length], [[], [], [], 2]);
    assert.deepEqual(await everybody(world), first);
    assert.equal((await tailAudit(world.manage)).length, entries);
    const strict = await act.perform(world.manage, { text, newOnly: true });
    assert.deepEqual(
      strict.faults.map(({ line, column, message }) => [line, column, message]),
      [
        [2, 'account', 'ann exists in realm staff'],
        [3, 'account', 'ben exists in realm customers'],
      ],
    );
  }),
);

test(
  'whoever administers one organisation changes nobody of another, and is told no name',
  inWorld(async (world) => {
    const { manage } = world;
    const [north, south] = await twoOrganisations(world);
    await addAccount(manage, { name: 'secret', realm: 'staff', organisation: south });
    await addAccount(manage, { name: 'mine', realm: 'staff', organisation: north });
    const asker = await askerWith(world, [{ role: 'administrator', organisation: north }]);
    const before = await everybody(world);
    for (const line of [
      'secret,staff,a@example.org,,',
      'secret,staff,,,',
      'SECRET,staff,,,North',
      'x,staff,,,South',
      'mine,staff,,,South',
    ]) {
      const text = `${HEAD}\nmine,staff,m@example.org,,\n${line.startsWith('mine') ? '' : `${line}\n`}`;
      const { faults } = await act.perform(asker, { text: line.startsWith('mine') ? `${HEAD}\n${line}\n` : text });
      assert.equal(faults.length, 1, line);
      assert.doesNotMatch(JSON.stringify(faults).replaceAll('"South"', ''), /secret|realm\.staff/i);
    }
    assert.deepEqual(await everybody(world), before);
    // With and without the other's people, what is theirs is told alike.
    const text = `${HEAD}\nmine,staff,m@example.org,,\nnobody,staff,,,\n`;
    const told = await previewImport.ask(asker, { text });
    assert.deepEqual(
      told.lines.map(({ what, organisation }) => [what, organisation]),
      [
        ['changed', north],
        ['new', north],
      ],
    );
  }),
);

test(
  'people with a role are changed by those alone who may act upon them; moving wants a factor used of late',
  inWorld(async (world) => {
    const { manage, store } = world;
    const [north] = await twoOrganisations(world);
    const { id } = await addAccount(manage, { name: 'boss', realm: 'staff', organisation: north });
    await store.underAccount(id, (tx) => tx.accounts.update(id, { roles: [{ role: 'owner', organisation: north }] }));
    const administrator = await askerWith(world, [{ role: 'administrator', organisation: null }]);
    const asked = { text: `${HEAD}\nboss,staff,boss@elsewhere.example,,\n` };
    assert.match((await act.perform(administrator, asked)).faults[0]?.message ?? '', /holds a role/);
    assert.deepEqual((await act.perform(administrator, { text: `${HEAD}\nboss,staff,,,\n` })).faults, []);
    const owner = await askerWith(world, [{ role: 'owner', organisation: null }], false);
    assert.equal((await act.perform(owner, asked)).changed.length, 1);
    const move = { text: `${HEAD}\nboss,staff,,,South\n` };
    assert.equal(await outcome(act.perform(owner, move)), 'step-up-required');
    assert.equal((await showAccount.ask(manage, { account: 'boss' })).organisationId, north);
    const me = (await store.accounts.byId(owner.actor))?.name ?? '';
    const own = { text: `${HEAD}\n${me},staff,,,South\n` };
    assert.match((await act.perform(owner, own)).faults[0]?.message ?? '', /nobody moves themselves/);
    // Nor by a token of their own.
    const maker = await askerWith(world, [{ role: 'owner', organisation: null }]);
    const operations = ['account.import'];
    const { id: tokenId } = await issueToken.perform(maker, { name: 'p', role: 'owner', operations });
    const token: ManageContext = { ...maker, actor: `token:${tokenId}`, authority: { kind: 'token', tokenId } };
    const called = (await store.accounts.byId(maker.actor))?.name ?? '';
    const moved = await act.perform(token, { text: `${HEAD}\n${called},staff,,,South\n` });
    assert.match(moved.faults[0]?.message ?? '', /nobody moves themselves/);
  }),
);

test(
  'nothing is done that the preview did not show, and what is done already holds nobody up',
  inWorld(async (world) => {
    const { manage } = world;
    await twoOrganisations(world);
    const text = `${HEAD}\nann,staff,a@example.org,,North\nben,staff,,,East\n`;
    const { digest, faults } = await previewImport.ask(manage, { text });
    assert.equal(faults.length, 1);
    const wish = { text, skipFaulty: true, preview: digest };
    // The organisation of the faulty line is there by now: it would be done too.
    await addOrganisation.perform(manage, { name: 'East', realm: 'staff' });
    assert.equal(await outcome(act.perform(manage, wish)), 'stale');
    assert.deepEqual(await everybody(world), []);
    const again = await previewImport.ask(manage, { text });
    const other = await previewImport.ask(manage, { text: text.replace('a@', 'b@') });
    assert.equal(new Set([digest, again.digest, other.digest]).size, 3, 'of another list it is another');
    const told = await act.perform(manage, { ...wish, preview: again.digest });
    assert.deepEqual([told.added.length, told.faults.length], [2, 0]);
    const twice = await act.perform(manage, { ...wish, preview: again.digest });
    assert.deepEqual([twice.added.length, twice.unchanged.length], [0, 2], 'sent twice');
  }),
);

test(
  'with an account that changed between reading and writing nothing is done',
  inWorld(async (world) => {
    const { manage, store } = world;
    const [north, south] = await twoOrganisations(world);
    const { id } = await addAccount(manage, { name: 'ann', realm: 'staff', organisation: north });
    const asker = await askerWith(world, [{ role: 'administrator', organisation: north }]);
    const text = `${HEAD}\nnew,staff,,,\nann,staff,a@example.org,,\n`;
    const slow = {
      ...asker,
      store: {
        ...store,
        // Between what it found and the lock.
        underAccounts: async (...given: Parameters<typeof store.underAccounts>) => {
          await moveAccount.perform(manage, { account: id, organisation: south });
          return store.underAccounts(...given);
        },
      },
    } as typeof asker;
    assert.equal(await outcome(act.perform(slow, { text })), 'conflict');
    assert.equal(await store.accounts.byName('staff', 'new'), undefined);
  }),
);

test(
  'with lines that have a fault the others are done where that is chosen, and nothing where the text is wrong as a whole',
  inWorld(async (world) => {
    const { manage } = world;
    const [north] = await twoOrganisations(world);
    await addAccount(manage, { name: 'ann', realm: 'staff', email: 'ann@old.example', organisation: north });
    const lines = [
      'ann,staff,ann@new.example,,',
      'ben,staff,no-address,,',
      'cat,staff,c@x.example,"a;b",South',
      'cat,staff,,,',
    ];
    const text = `${HEAD}\n${lines.join('\n')}\n`;
    const preview = await previewImport.ask(manage, { text });
    assert.deepEqual(
      preview.lines.map(({ line, what, email, groups }) => [line, what, email, groups]),
      [
        [2, 'changed', 'ann@new.example', null],
        [4, 'new', 'c@x.example', ['a', 'b']],
      ],
    );
    assert.deepEqual((await act.perform(manage, { text })).added, [], 'nothing is half done by itself');
    const done = await act.perform(manage, { text, skipFaulty: true });
    assert.deepEqual(
      [done.added, done.changed].map((each) => each.map(({ name }) => name)),
      [['cat'], ['ann']],
    );
    assert.deepEqual(done.faults, preview.faults);
    const before = (await tailAudit(manage)).length;
    const again = await act.perform(manage, { text, skipFaulty: true });
    assert.deepEqual([again.added, again.changed, again.unchanged.length], [[], [], 2]);
    assert.equal((await tailAudit(manage)).length, before, 'the same text again does nothing');
    const wrong = new Set(done.faults.map(({ line }) => line));
    assert.deepEqual(await parted(text, wrong), {
      of: 'account,realm,email,groups,organisation\nben,staff,no-address,,\ncat,staff,,,\n',
      others:
        'account,realm,email,groups,organisation\nann,staff,ann@new.example,,\ncat,staff,c@x.example,"a;b",South\n',
    });
    for (const whole of [`accont,mail\nx,y\n`, `${HEAD}\nzoe,staff,,,\n"open,staff,,,\n`]) {
      const refused = await act.perform(manage, { text: whole, skipFaulty: true });
      assert.deepEqual([refused.added, refused.faults.length > 0], [[], true], whole);
    }
  }),
);

test('of a long text the lines with a fault are left out in every part, where that is chosen', async () => {
  const world = await openWorld();
  try {
    const names = Array.from({ length: 5100 }, (_, i) => `n${i}`);
    const mail = (i: number) => (i % 1000 === 7 ? 'no-address' : '');
    // The last stands in the first part already.
    const text = `account,realm,email\n${names.map((name, i) => `${name},staff,${mail(i)}`).join('\n')}\nn1,staff,n1@x.example\n`;
    const nothing = await importInParts(world.manage, { text });
    assert.deepEqual([nothing.faulty, (await everybody(world)).length], [7, 0]);
    assert.deepEqual(
      [nothing.added, nothing.changed],
      [5094, 0],
      'a line with a fault is not counted among those that would be done',
    );
    const done = await importInParts(world.manage, { text, skipFaulty: true });
    assert.deepEqual([done.added, done.changed, done.faulty, done.partly], [5094, 0, 7, false]);
    assert.equal((await everybody(world)).find(({ name }) => name === 'n1')?.email, null);
    const again = await importInParts(world.manage, { text, skipFaulty: true });
    assert.deepEqual([again.added, again.changed, again.unchanged], [0, 0, 5094]);
    const open = await importInParts(world.manage, { text: `${text}new,staff,\n"open,staff,\n`, skipFaulty: true });
    assert.deepEqual([(await everybody(world)).some(({ name }) => name === 'new'), open.faulty > 0], [false, true]);
  } finally {
    await world.close();
  }
});

test('whatever the lines are, the act does what the preview says, and the second time nothing', async () => {
  const cell = (...values: string[]) => fc.constantFrom(...values);
  const row = fc.tuple(
    cell('a', 'b', 'c', 'D', 'bad name', ''),
    cell('staff', 'customers', '', 'nowhere'),
    cell('', 'a@example.org', 'b@example.org', 'no-address'),
    cell('', 'x', 'x y', 'y;x', '=x'),
    cell('', '', 'North', 'South', 'Elsewhere'),
  );
  const texts = fc.array(fc.array(row, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(texts, async (all) => {
      const world = await openWorld();
      try {
        await twoOrganisations(world);
        for (const rows of all) {
          const text = [HEAD, ...rows.map((each) => each.join(','))].join('\n');
          const [preview, before] = [await previewImport.ask(world.manage, { text }), await everybody(world)];
          const done = await importAccounts(world.manage, text);
          assert.deepEqual(done.faults, preview.faults);
          if (done.faults.length > 0) {
            assert.deepEqual(await everybody(world), before);
            assert.deepEqual([done.added, done.changed, done.unchanged], [[], [], []]);
            continue;
          }
          const of = (what: string) => preview.lines.filter((each) => each.what === what).map(({ name }) => name);
          assert.deepEqual(
            done.added.map(({ name }) => name),
            of('new'),
          );
          assert.deepEqual(
            done.changed.map(({ name }) => name),
            of('changed'),
          );
          assert.deepEqual(
            done.unchanged.map(({ name }) => name),
            of('unchanged'),
          );
          const after = await everybody(world);
          const again = await previewImport.ask(world.manage, { text });
          assert.ok(again.lines.every(({ what }) => what === 'unchanged'));
          assert.equal(after.length, before.length + done.added.length);
        }
      } finally {
        await world.close();
      }
    }),
    { numRuns: 20 },
  );
});

test(
  'hostile texts are answered by faults, in little time, and nothing is written',
  inWorld(async (world) => {
    const { manage } = world;
    const cases: readonly [string, RegExp, string | null][] = [
      [`realm,account,email\nstaff,ann,"=cmd|' /C calc'!A0"`, /not an e-mail/, 'email'],
      ['realm,account,groups\nstaff,ann,=x', /not a group name/, 'groups'],
      ['realm,account\nstaff,=HYPERLINK("x")', /out of place/, null],
      ['realm,account\nstaff,"=HYPERLINK(""x"")"', /not an account name/, 'account'],
      ['realm,account\nstaff,ann\u202e', /not an account name/, 'account'],
      ['realm,account,name\nstaff,ann,Ann \u202egnp.exe', /not seen/, 'name'],
      ['realm,account,address\nstaff,ann,High\u2028Street', /not seen/, 'address'],
      ['realm,account,language\nstaff,ann,xx', /no language "xx"/, 'language'],
      [`realm,account,email\nstaff,ann,"${'x'.repeat(10_000_000)}"`, /longer than 65536/, null],
      [`realm,account${',x'.repeat(1_000_000)}\nstaff,ann`, /longer than 65536/, null],
      [`realm,account${',x'.repeat(30_000)}\nstaff,ann`, /no column "x"/, null],
      [`realm,account\n${'staff,a\n'.repeat(10_001)}`, /more than 10000 lines/, null],
    ];
    for (const [text, said, column] of cases) {
      const before = performance.now();
      const { faults, added } = await act.perform(manage, { text });
      assert.ok(performance.now() - before < 5000, text.slice(0, 40));
      assert.equal(added.length, 0, text.slice(0, 40));
      assert.ok(
        faults.some(({ message }) => said.test(message)),
        `${text.slice(0, 40)}: ${JSON.stringify(faults[0])}`,
      );
      assert.ok(faults.length <= 20);
      if (column !== null) assert.equal(faults[0]?.column, column, text.slice(0, 40));
    }
    assert.equal(await outcome(act.perform(manage, { text: 'realm,account\nstaff,an\u0000n' })), 'usage');
    assert.deepEqual(await everybody(world), []);
  }),
);
