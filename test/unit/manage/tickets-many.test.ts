import assert from 'node:assert/strict';
import test from 'node:test';
import { parseCsv } from '../../../src/lib/csv.ts';
import { tailAudit } from '../../../src/manage/audit.ts';
import { linksCsv } from '../../../src/manage/handing-out.ts';
import { addOrganisation } from '../../../src/manage/organisations.ts';
import { listTickets } from '../../../src/manage/tickets.ts';
import { issueMany } from '../../../src/manage/tickets-many.ts';
import { addAccount, disableAccount } from '../../support/manage.ts';
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
    const done = await issueMany(manage, { accounts }, (at, of) => void steps.push(`${at}/${of}`));
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
