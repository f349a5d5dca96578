import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { addOrganisation, listOrganisations } from '../../src/manage/organisations.ts';
import { API } from '../../src/web/console/api/table.ts';
import { type Client, requestOf, startApi, tokenOf } from '../support/api.ts';
import { TestClock } from '../support/clock.ts';
import { addAccount } from '../support/manage.ts';
import type { Sallyport } from '../support/sallyport.ts';
import { postgres } from '../support/stores.ts';
import { inputOf, type Target, targetOf } from '../unit/manage/role-stage.ts';

/** What one organisation is told, byte for byte, with and without everything that another has. */

const KINDS = ['sqlite', 'postgres'] as const;

async function instance(t: TestContext, kind: (typeof KINDS)[number]): Promise<Sallyport> {
  const clock = new TestClock();
  const sally = await startApi({
    clock,
    ...(kind === 'postgres' ? { postgres: await (await postgres()).migrated() } : {}),
  });
  t.after(() => sally.close());
  return sally;
}

function world(sally: Sallyport) {
  const wiki = sally.config.apps.find(({ id }) => id === 'wiki');
  assert.ok(wiki);
  return { manage: sally.manage, store: sally.app.store, clock: sally.clock, wiki };
}

/** Every list and view, of what is the asker's own, with all pages; by its name. */
async function all(client: Client, target: Target): Promise<Map<string, string>> {
  const told = new Map<string, string>();
  for (const operation of API.filter(({ method, needs }) => method === 'GET' && needs.of !== 'everything')) {
    const { path, ask } = requestOf(operation, inputOf(operation.name, target) as object);
    const answer = await client.ask('GET', path, ask);
    assert.equal(answer.status, 200, `${operation.name}: ${answer.body}`);
    const pages = operation.list
      ? [
          answer.body,
          (await client.ask('GET', path, { ...ask, query: `${ask.query === undefined ? '' : `${ask.query}&`}limit=1` }))
            .body,
        ]
      : [answer.body];
    // An overview says when it was made, first of all, coverage of which moment it is, and a trend of which moment of today; the tags are made
    // of the same bytes.
    const timeless = (page: string) =>
      page
        .replace(/^\{"at":\d+/, '{"at":0')
        .replace(/,"at":\d+,"summary":/, ',"summary":')
        .replace(/("day":"[\d-]+"),"at":\d+,/g, '$1,');
    told.set(operation.name, pages.map(timeless).join('\n'));
  }
  return told;
}

for (const kind of KINDS)
  test(`${kind}: no list and no view tells an organisation apart by what another one has`, async (t) => {
    const sally = await instance(t, kind);
    const mine = (await addOrganisation.perform(sally.manage, { name: 'Mine' })).id;
    const target = await targetOf(world(sally), mine);
    const { client } = await tokenOf(sally, { role: 'owner', organisations: [mine] });
    // When a token was used is told of itself.
    await client.ask('GET', '/api/v1/roles');
    const before = await all(client, target);
    const other = (await addOrganisation.perform(sally.manage, { name: 'A first one by its name' })).id;
    const theirs = [await targetOf(world(sally), other), await targetOf(world(sally), other)];
    await addAccount(sally.manage, { name: 'aaa-first', organisation: other });
    await tokenOf(sally, { role: 'owner', organisations: [other] });
    await tokenOf(sally, { role: 'owner' });
    const after = await all(client, target);
    for (const [name, told] of before) assert.equal(after.get(name), told, name);
    // The other's is there, for who may see it: else nothing was shown.
    const whole = await all((await tokenOf(sally, { role: 'owner' })).client, target);
    for (const name of ['account.list', 'session.list', 'ticket.list', 'organisation.list', 'token.list'])
      assert.notEqual(whole.get(name), before.get(name), name);
    const listed = whole.get('account.list') ?? '';
    for (const { account } of theirs) assert.ok(listed.includes(account));
    assert.equal(
      (await listOrganisations.ask(sally.manage, {})).some(({ id }) => id === other),
      true,
    );
  });
