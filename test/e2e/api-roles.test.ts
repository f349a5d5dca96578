import assert from 'node:assert/strict';
import test, { after, before, beforeEach } from 'node:test';
import { addOrganisation } from '../../src/manage/organisations.ts';
import { type Grant, ROLES, type Role } from '../../src/roles.ts';
import { API, type ApiOperation } from '../../src/web/console/api/table.ts';
import { type Client, codeOf, personOf, requestOf, startApi, tokenOf } from '../support/api.ts';
import type { ParsedAnswer } from '../support/raw.ts';
import type { Sallyport } from '../support/sallyport.ts';
import { CELLS, FRESH, LETTERS } from '../unit/manage/role-cells.ts';
import { BEFORE, inputOf, type Target, targetOf } from '../unit/manage/role-stage.ts';

/** Each operation of the document by real HTTP, for each role, of its own and of another organisation, by session and by token. */

let sally: Sallyport;
let mine: string;
let other: string;
before(async () => {
  sally = await startApi();
});
let n = 0;
// Of their own for each test: an organisation has bounds.
beforeEach(async () => {
  n += 1;
  const add = async (name: string) => (await addOrganisation.perform(sally.manage, { name: `${name} ${n}` })).id;
  [mine, other] = [await add('Mine'), await add('Other')];
});
after(() => sally.close());

function world() {
  const wiki = sally.config.apps.find(({ id }) => id === 'wiki');
  assert.ok(wiki);
  return { manage: sally.manage, store: sally.app.store, clock: sally.clock, wiki };
}

async function asked(operation: ApiOperation, client: Client, target: Target): Promise<ParsedAnswer> {
  await BEFORE[operation.name]?.(world(), target);
  const { path, ask } = requestOf(operation, inputOf(operation.name, target) as object);
  return client.ask(operation.method, path, ask);
}

type Held = 'everything' | 'mine' | 'other';

function grantOf(role: Role, held: Held): Grant {
  return { role, organisation: held === 'everything' ? null : held === 'mine' ? mine : other };
}

/** What the cells say that it is worth, as a status; a token makes no tokens, and confirms nothing. */
function expected({ name, creates }: ApiOperation, role: Role, held: Held, by: 'session' | 'token'): number {
  const [roles, scoped] = CELLS[name] ?? ['', 'nothing'];
  if (!roles.includes(LETTERS[role]) || (by === 'token' && ['token.issue', 'proposal.confirm'].includes(name)))
    return 403;
  const done = creates ? 201 : 200;
  if (held === 'everything' || scoped === 'within') return done;
  if (scoped === 'nothing') return 403;
  return held === 'mine' ? done : 404;
}

/** A list of accounts tells of each line by itself: those of another organisation are faults, and none is done. */
function came({ name }: ApiOperation, held: Held, { status, body }: ParsedAnswer): number {
  if (!name.startsWith('account.import') || held !== 'other' || status !== 200) return status;
  const { added = [], lines = [], faults } = JSON.parse(body) as Record<'added' | 'lines' | 'faults', unknown[]>;
  return added.length + lines.length === 0 && faults.length > 0 ? 404 : status;
}

const HELD = ['everything', 'mine', 'other'] as const;

for (const operation of API) {
  const { name, id } = operation;

  test(`${id}: each role is answered by what it is worth, by session and by token`, async () => {
    for (const role of ROLES)
      for (const held of HELD) {
        const grant = grantOf(role, held);
        const organisations = grant.organisation === null ? {} : { organisations: [grant.organisation] };
        const clients = {
          session: await personOf(sally, [grant]),
          token: (await tokenOf(sally, { role, ...organisations })).client,
        };
        for (const by of ['session', 'token'] as const) {
          const answer = await asked(operation, clients[by], await targetOf(world(), mine));
          const why = `${role} for ${held} by ${by}: ${answer.body.slice(0, 300)}`;
          assert.equal(came(operation, held, answer), expected(operation, role, held, by), why);
          assert.equal(answer.header('cache-control'), 'no-store');
        }
      }
  });

  test(`${id}: nobody without a role, and no person without a fresh factor where it is asked for`, async () => {
    const nobody = await asked(operation, await personOf(sally, []), await targetOf(world(), mine));
    assert.deepEqual([nobody.status, codeOf(nobody)], [403, 'forbidden']);
    const stale = await personOf(sally, [{ role: 'owner', organisation: null }], 6 * 60_000);
    const answer = await asked(operation, stale, await targetOf(world(), mine));
    if (FRESH.includes(name)) assert.deepEqual([answer.status, codeOf(answer)], [403, 'step-up-required']);
    else assert.equal(answer.status, operation.creates ? 201 : 200, answer.body);
  });

  test(`${id}: a token that is not for it is refused`, async () => {
    const operations = API.map((each) => each.name).filter((each) => each !== name);
    const { client } = await tokenOf(sally, { role: 'owner', operations });
    const answer = await asked(operation, client, await targetOf(world(), mine));
    assert.deepEqual([answer.status, codeOf(answer)], [403, 'forbidden']);
  });
}

const ABSENT: Target = {
  account: 'A'.repeat(22),
  name: 'nobody-at-all',
  organisation: 'O'.repeat(22),
  empty: 'E'.repeat(22),
  authenticator: 'totp-absent',
  session: 'ses-absent',
  token: 'T'.repeat(22),
  group: 'G'.repeat(22),
  proposal: 'P'.repeat(16),
};

/** All that a client can tell two answers apart by, but the time of day. */
function seen(answer: ParsedAnswer): unknown {
  const { status, reason, headers, body, rest } = answer;
  return { status, reason, headers: headers.filter(([name]) => name.toLowerCase() !== 'date'), body, rest };
}

for (const operation of API.filter(({ names, name }) => names.length > 0 && !['session.revoke-of-app'].includes(name)))
  test(`${operation.name}: what another organisation has, and what nobody has, are told alike`, async () => {
    const clients = [
      await personOf(sally, [{ role: 'owner', organisation: mine }]),
      (await tokenOf(sally, { role: 'owner', organisations: [mine] })).client,
    ];
    const [, scoped] = CELLS[operation.name] ?? [];
    for (const [i, client] of clients.entries()) {
      const theirs = await asked(operation, client, await targetOf(world(), other));
      const { path, ask } = requestOf(operation, inputOf(operation.name, ABSENT) as object);
      const nobodys = await client.ask(operation.method, path, ask);
      // A program confirms nothing, and is told so before anything is looked for.
      const never = scoped === 'nothing' || (i === 1 && operation.name === 'proposal.confirm');
      assert.equal(theirs.status, never ? 403 : 404, theirs.body);
      assert.deepEqual(seen(theirs), seen(nobodys));
    }
  });
