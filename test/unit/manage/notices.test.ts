import assert from 'node:assert/strict';
import test from 'node:test';
import type { NoticeRow } from '../../../src/store/types.ts';
import {
  addAccount,
  disableAccount,
  issueTicket,
  type ManageContext,
  removeAuthenticator,
} from '../../support/manage.ts';
import { totpRow } from '../../support/rows.ts';
import { inWorld, outcome } from '../login/world.ts';

async function queued({ store }: ManageContext): Promise<NoticeRow[]> {
  return store.notices.due(Number.MAX_SAFE_INTEGER, 100);
}

/** What is told, by kind; the detail as it is stored. */
async function told(manage: ManageContext): Promise<[string, unknown][]> {
  return (await queued(manage)).map((row): [string, unknown] => [row.kind, JSON.parse(row.detail)]);
}

const alice = { name: 'alice', realm: 'staff', email: 'alice@example.org' };
const BY = { app: 'wiki', by: 'administrator' };

test(
  'the owner of an account hears of a ticket that an administrator issues, and nothing of its secret',
  inWorld(async ({ manage }) => {
    const account = await addAccount(manage, alice);
    assert.deepEqual(await told(manage), [], 'an account alone is no news');
    const ticket = await issueTicket(manage, 'alice');
    const [row] = await queued(manage);
    assert.deepEqual(await told(manage), [['ticket-issued', BY]]);
    assert.deepEqual([row?.recipient, row?.accountId], ['alice@example.org', account.id]);
    assert.ok(!JSON.stringify(row).includes(ticket.secret));
  }),
);

test(
  'a ticket that resets the password says so',
  inWorld(async ({ manage }) => {
    await addAccount(manage, alice);
    await issueTicket(manage, 'alice', { resetPassword: true });
    assert.deepEqual(await told(manage), [['ticket-issued', { ...BY, reset: 'yes' }]]);
  }),
);

test(
  'the owner hears of an authenticator that an administrator removes, by its label',
  inWorld(async ({ manage, store }) => {
    const { id } = await addAccount(manage, alice);
    await store.authenticators.insert(totpRow({ accountId: id, label: 'Work phone' }));
    await removeAuthenticator(manage, totpRow().id);
    assert.deepEqual(await told(manage), [['authenticator-removed', { ...BY, label: 'Work phone' }]]);
    assert.equal(await outcome(removeAuthenticator(manage, totpRow().id)), 'not-found');
    assert.equal((await queued(manage)).length, 1, 'what did not happen is not told');
  }),
);

test(
  'the owner hears once that the account is disabled',
  inWorld(async ({ manage }) => {
    await addAccount(manage, alice);
    await disableAccount(manage, 'alice');
    await disableAccount(manage, 'alice');
    assert.equal(await outcome(issueTicket(manage, 'alice')), 'conflict');
    assert.deepEqual(await told(manage), [['account-disabled', BY]]);
  }),
);

test(
  'without mail in the configuration, or an address, nobody is told and everything is done',
  inWorld(async ({ manage }) => {
    const silent: ManageContext = { ...manage, config: { ...manage.config, mail: null } };
    await addAccount(silent, alice);
    await issueTicket(silent, 'alice');
    assert.ok((await disableAccount(silent, 'alice')).disabledAt);
    await addAccount(manage, { name: 'bob', realm: 'staff' });
    await issueTicket(manage, 'bob');
    assert.deepEqual(await queued(manage), []);
  }),
);
