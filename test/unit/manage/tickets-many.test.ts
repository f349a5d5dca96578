import assert from 'node:assert/strict';
import test from 'node:test';
import { parseCsv } from '../../../src/lib/csv.ts';
import { tailAudit } from '../../../src/manage/audit.ts';
import { setDirectoryAccount } from '../../../src/manage/directory.ts';
import { linksCsv } from '../../../src/manage/handing-out.ts';
import { listInvitations } from '../../../src/manage/invitations-list.ts';
import { addOrganisation } from '../../../src/manage/organisations.ts';
import { listTickets } from '../../../src/manage/tickets.ts';
import { issueMany } from '../../../src/manage/tickets-many.ts';
import { addAccount, disableAccount, importAccounts, issueTicket, setAccount } from '../../support/manage.ts';
import { totpRow } from '../../support/rows.ts';
import { inWorld, outcome, type World } from '../login/world.ts';
import { askerWith } from './role-stage.ts';

async function practice({ manage, store }: World) {
  const { id: north } = await addOrganisation.perform(manage, { name: '=North+1', realm: 'staff', contact: 'desk' });
  const { id: south } = await addOrganisation.perform(manage, { name: 'South', realm: 'staff' });
  for (const [name, organisation] of [
    ['ann', north],
    ['ben', north],
    ['cat', north],
    ['dan', south],
  ] as const)
    await addAccount(manage, { name, realm: 'staff', email: `${name}@example.org`, organisation });
  const ann = (await store.accounts.byName('staff', 'ann'))?.id ?? '';
  await store.underAccount(ann, (tx) => tx.authenticators.insert(totpRow({ id: 'totp', accountId: ann })));
  return { north, south };
}

test(
  'each has a link of its own, as one alone has it; whoever can have none is told with the reason, and the rest have theirs',
  inWorld(async (world) => {
    const { manage } = world;
    await practice(world);
    await disableAccount(manage, 'cat');
    const before = (await tailAudit(manage)).length;
    const steps: string[] = [];
    const accounts = ['ann', 'ben', 'cat', 'nobody', 'ann'];
    const done = await issueMany(manage, { accounts }, { onProgress: (at, of) => void steps.push(`${at}/${of}`) });
    assert.deepEqual(
      done.issued.map(({ accountName }) => accountName),
      ['ann', 'ben'],
    );
    assert.deepEqual(
      done.refused.map(({ account, message }) => [account, message]),
      [
        ['nobody', 'there is no account "nobody"'],
        ['cat', 'the account is disabled: enable it first'],
      ],
    );
    assert.deepEqual(steps, ['1/3', '2/3', '3/3']);
    const entries = (await tailAudit(manage)).slice(before);
    assert.deepEqual(
      entries.map(({ kind }) => kind),
      ['ticket.issue', 'ticket.issue'],
    );
    const secrets = done.issued.map(({ secret }) => secret);
    assert.equal(new Set(secrets).size, 2);
    const kept = JSON.stringify([await listTickets.ask(manage, {}), entries]);
    for (const secret of secrets) assert.ok(!kept.includes(secret), 'a secret is in the answer alone');
  }),
);

test(
  'all of an organisation, all without a factor, all without a link; never of another organisation',
  inWorld(async (world) => {
    const { manage } = world;
    const { north } = await practice(world);
    const names = async (wish: Parameters<typeof issueMany>[1], ctx = manage) =>
      (await issueMany(ctx, wish)).issued.map(({ accountName }) => accountName);
    assert.deepEqual(await names({ organisation: 'South', withoutFactor: true }), ['dan']);
    assert.deepEqual(await names({ organisation: north, withoutFactor: true }), ['ben', 'cat']);
    assert.deepEqual(await names({ organisation: north, withoutTicket: true }), ['ann']);
    const help = await askerWith(world, [{ role: 'help-desk', organisation: north }]);
    assert.deepEqual(await names({ withoutFactor: true }, help), ['ben', 'cat']);
    const foreign = await issueMany(help, { accounts: ['dan', 'ben'] });
    assert.deepEqual(foreign.refused, [{ account: 'dan', message: 'there is no account "dan"' }]);
    assert.equal(await outcome(issueMany(help, { organisation: 'South' })), 'not-found');
    assert.equal(await outcome(issueMany(manage, {})), 'usage', 'everybody is never what was meant');
    const many = Array.from({ length: 5001 }, (_, i) => `p${i}`);
    assert.equal(await outcome(issueMany(manage, { accounts: many })), 'usage');
  }),
);

test(
  'what a spreadsheet would work out is text in the list of links',
  inWorld(async (world) => {
    const { manage } = world;
    const { north } = await practice(world);
    const { issued } = await issueMany(manage, { organisation: north });
    const text = await linksCsv(manage, issued);
    assert.equal(text.match(/"[=+@-]/g), null);
    const rows = parseCsv(text).map(({ fields }) => fields);
    assert.deepEqual(rows[0], ['account', 'realm', 'organisation', 'email', 'link', 'expires']);
    assert.deepEqual(rows[1]?.slice(0, 4), ['ann', 'staff', "'=North+1", 'ann@example.org']);
    assert.equal(rows[1]?.[4], issued[0]?.links[0]?.url);
  }),
);

test(
  'by e-mail: each that has an address and nothing to sign in with, sealed until it is sent; whoever can have none is told why',
  inWorld(async (world) => {
    const { manage, store, seal } = world;
    const { north } = await practice(world);
    await addAccount(manage, { name: 'eve', realm: 'staff', organisation: north });
    const before = (await tailAudit(manage)).length;
    const ctx = { ...manage, seal };
    const languageOf = (_realm: string, name: string) => (name === 'ben' ? 'cy' : undefined);
    const done = await issueMany(ctx, { organisation: north, deliver: 'email' }, { languageOf });
    assert.deepEqual(done.issued, [], 'no secret is in the answer');
    assert.deepEqual(
      done.mailed.map(({ account }) => account),
      ['ben', 'cat'],
    );
    assert.deepEqual(
      done.refused.map(({ account, noAddress, message }) => [account, noAddress, message.split(':')[0]]),
      [
        ['ann', undefined, 'can sign in already'],
        ['eve', true, 'has no e-mail address'],
      ],
    );
    const queued = await store.notices.due(Number.MAX_SAFE_INTEGER, 100);
    const invitations = queued.filter(({ kind }) => kind === 'invitation');
    assert.deepEqual(invitations.map(({ recipient }) => recipient).sort(), ['ben@example.org', 'cat@example.org']);
    assert.equal(queued.filter(({ kind }) => kind === 'ticket-issued').length, 0, 'told by the one message');
    const rows = await Promise.all(done.mailed.map(({ id }) => store.invitations.byId(id, manage.clock.now())));
    for (const row of rows) {
      assert.ok(row?.secret);
      const secret = seal.open(row.secret, { table: 'invitations', column: 'secret', row: row.id });
      assert.ok(!JSON.stringify([rows, queued, (await tailAudit(manage)).slice(before), done]).includes(secret));
      assert.throws(() => seal.open(row.secret ?? '', { table: 'invitations', column: 'secret', row: 'another' }));
    }
    const shown = await listInvitations.ask(manage, { batch: done.batch ?? '' });
    assert.deepEqual(
      // At one moment they are in no order.
      shown.map(({ account, state }) => [account, state]).sort(),
      done.mailed.map(({ account }) => [account, 'queued']),
    );
    assert.ok(!JSON.stringify(shown).includes(rows[0]?.secret ?? '?'));
    const other = await askerWith(world, [{ role: 'help-desk', organisation: await practiceOf(world, 'South') }]);
    assert.deepEqual(await listInvitations.ask(other, {}), [], 'of another organisation nothing is there');
    assert.equal(
      await outcome(
        issueMany({ ...ctx, config: { ...manage.config, mail: null } }, { organisation: north, deliver: 'email' }),
      ),
      'usage',
    );
    assert.match(await refusalOf(manage, north), /no key/, 'without a key nothing waits in the clear');
  }),
);

async function practiceOf({ store }: World, name: string): Promise<string> {
  return (await store.organisations.byName('staff', name))?.id ?? '';
}

async function refusalOf(manage: World['manage'], organisation: string): Promise<string> {
  const { seal: _none, ...without } = manage;
  return (await issueMany(without, { organisation, deliver: 'email' })).refused.map(({ message }) => message).join();
}

test(
  'as a document: letters or a list in the answer, and the links nowhere else in it',
  inWorld(async (world) => {
    const { manage } = world;
    const { north } = await practice(world);
    const csv = await issueMany(manage, { organisation: north, deliver: 'csv' });
    assert.deepEqual([csv.issued, csv.mailed, csv.batch, csv.document?.name], [[], [], null, 'links.csv']);
    const rows = parseCsv(
      Buffer.from(csv.document?.body ?? '', 'base64')
        .toString()
        .replace('\ufeff', ''),
    );
    assert.deepEqual(
      rows.slice(1).map(({ fields }) => fields[0]),
      ['ann', 'ben', 'cat'],
    );
    const letters = await issueMany(manage, { organisation: north, deliver: 'letters', withoutFactor: true });
    assert.equal(letters.document?.type, 'application/pdf');
    assert.match(Buffer.from(letters.document?.body ?? '', 'base64').toString('latin1'), /^%PDF-[\s\S]*\/Count 2\b/);
    const lives = async () =>
      (await tailAudit(manage))
        .filter(({ kind }) => kind === 'ticket.issue')
        .map(({ detail }) => JSON.parse(detail).ttl);
    assert.deepEqual((await lives()).slice(-2), ['7d', '7d'], 'the post takes days');
    await issueMany(manage, { organisation: north, deliver: 'letters', withoutFactor: true, ttlMs: 3_600_000 });
    assert.deepEqual((await lives()).slice(-2), ['1h', '1h'], 'unless another life was asked for');
    const nobody = await issueMany(manage, { accounts: ['nobody'], deliver: 'letters' });
    assert.deepEqual([nobody.document, nobody.refused.length], [null, 1]);
  }),
);

test(
  'who is given another address is sent nothing to the old one: the link that went there by e-mail ends, and no other',
  inWorld(async (world) => {
    const { manage, store, seal } = world;
    await practice(world);
    const ctx = { ...manage, seal };
    const open = async (name: string) => (await listTickets.ask(manage, { account: name })).length;
    const person = { emails: [{ value: 'third@example.org', primary: true }] };
    const ways: readonly ((id: string) => Promise<unknown>)[] = [
      (id) => setAccount(manage, id, { email: 'other@example.org' }),
      () => importAccounts(manage, 'account,realm,email\nben,staff,more@example.org\n'),
      (account) => setDirectoryAccount.perform(manage, { account, externalId: null, person }),
      (id) => setAccount(manage, id, { email: null }),
    ];
    const ben = (await store.accounts.byName('staff', 'ben'))?.id ?? '';
    for (const [i, way] of ways.entries()) {
      await setAccount(manage, ben, { email: `ben${i}@example.org` });
      const { mailed } = await issueMany(ctx, { accounts: ['ben'], deliver: 'email' });
      assert.deepEqual([mailed.length, await open('ben')], [1, 1]);
      await setAccount(manage, ben, { groups: [`g${i}`] });
      assert.equal(await open('ben'), 1, 'groups are no address');
      const before = (await tailAudit(manage)).length;
      const done = await way(ben);
      assert.equal(await open('ben'), 0, `way ${i}: ${JSON.stringify(done)}`);
      const row = await store.invitations.byId(mailed[0]?.id ?? '', manage.clock.now());
      assert.equal(row?.open, false, 'and so it is not sent');
      const entries = (await tailAudit(manage)).slice(before).map(({ kind }) => kind);
      assert.ok(entries.includes('account.set') && entries.includes('ticket.revoke'), entries.join());
    }
    await setAccount(manage, ben, { email: 'ben@example.org' });
    await issueMany(ctx, { accounts: ['ben'], deliver: 'email' });
    await issueTicket(manage, 'ben');
    await setAccount(manage, ben, { email: 'last@example.org' });
    assert.equal(await open('ben'), 1, 'what was handed over went to no address');
  }),
);
