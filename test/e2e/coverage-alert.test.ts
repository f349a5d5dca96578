import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { record } from '../../src/audit/audit.ts';
import { systemRandom } from '../../src/lib/random.ts';
import { CoverageAlert } from '../../src/manage/alert/duty.ts';
import { showOverview } from '../../src/manage/overview.ts';
import { grantRole } from '../../src/manage/roles.ts';
import { createNotices } from '../../src/notices/queue.ts';
import type { NoticeKind } from '../../src/notices/types.ts';
import { addAccount } from '../support/manage.ts';
import { type Sallyport, startSallyport } from '../support/sallyport.ts';

const EXEMPT = '    exemptions: [{ method: GET, path: /healthz, reason: r, owner: o, expires: 2099-12-31 }]';

interface Office {
  readonly alert: () => CoverageAlert;
  readonly told: () => Promise<(readonly [NoticeKind | string, string])[]>;
  readonly falls: () => Promise<(readonly [outcome: string, fell: string, rose: string, standing: string])[]>;
  readonly found: (
    kind: 'origin.checked' | 'canary.failed' | 'canary.passed',
    outcome: 'ok' | 'failed',
  ) => Promise<void>;
}

/** An installation with an owner, an administrator of everything and one of an organisation, all with an address. */
async function office(t: TestContext): Promise<{ sally: Sallyport; on: Office }> {
  const sally = await startSallyport({ console: 'origin: "http://console.test", require: mfa' });
  t.after(() => sally.close());
  const { manage, clock } = sally;
  const { store } = manage;
  for (const [name, role, organisation] of [
    ['olga', 'owner', undefined],
    ['adam', 'administrator', undefined],
    ['audrey', 'auditor', undefined],
    ['small', 'administrator', 'staff'],
  ] as const) {
    await addAccount(manage, { name, realm: 'staff', email: `${name}@corp.test` });
    await grantRole.perform(manage, { account: name, role, ...(organisation === undefined ? {} : { organisation }) });
  }
  const mail = () => ({}) as never; // that there is one is all that is asked
  const notices = createNotices({ clock, random: systemRandom, mail });
  const failed = (error: unknown) => assert.fail(String(error));
  const on: Office = {
    alert: () => new CoverageAlert({ store, clock, notices, apps: () => ['portal'], failed }),
    told: async () =>
      (await store.notices.due(clock.now(), 100)).map(({ kind, recipient }) => [kind, recipient] as const),
    falls: async () =>
      (await sally.audit('coverage.fell')).map(({ outcome, detail }) => {
        const { fell, rose, standing } = JSON.parse(String(detail)) as Record<string, string>;
        return [outcome, fell ?? '', rose ?? '', standing ?? ''] as const;
      }),
    found: (kind, outcome) =>
      record(store.audit, clock, { kind, outcome, actor: 'system', appId: 'portal', detail: {} }),
  };
  return { sally, on };
}

/** How much the overview says stands open; undefined: it says nothing of it. */
async function needed({ manage }: Sallyport): Promise<number | undefined> {
  const { needs } = await showOverview.ask(manage, {});
  return needs.find(({ what }) => what === 'stands-open')?.count;
}

test('what opens is on record once, by whichever node, and whoever looks after everything is told', async (t) => {
  const { sally, on } = await office(t);
  await on.alert().look();
  assert.deepEqual([await on.falls(), await on.told()], [[], []], 'nothing stands open');
  await on.found('origin.checked', 'failed');
  await Promise.all([on.alert().look(), on.alert().look(), on.alert().look()]);
  await on.alert().look();
  assert.deepEqual(await on.falls(), [['failed', '["origin-open portal"]', '[]', '["origin-open portal"]']]);
  const people = (await on.told()).sort();
  assert.deepEqual(people, [
    ['coverage-fell', 'adam@corp.test'],
    ['coverage-fell', 'olga@corp.test'],
  ]);
  const [entry] = await sally.audit('coverage.fell');
  const [finding] = await sally.audit('origin.checked');
  assert.equal((JSON.parse(String(entry?.detail)) as { basis: string }).basis, String(finding?.seq));
  // The same again is no news; another thing is, and what stood before stays.
  await on.found('origin.checked', 'failed');
  await on.alert().look();
  assert.equal((await on.falls()).length, 1);
  await on.found('canary.failed', 'failed');
  await on.alert().look();
  assert.deepEqual((await on.falls())[1]?.slice(0, 2), ['failed', '["canary-failed portal"]']);
  assert.equal(await needed(sally), 2);
  // Shut again: on record, and nobody is written to.
  const letters = (await on.told()).length;
  await on.found('origin.checked', 'ok');
  await on.found('canary.passed', 'ok');
  await on.alert().look();
  const last = (await on.falls()).at(-1);
  assert.deepEqual([last?.[0], last?.[3]], ['ok', '[]']);
  assert.equal(await needed(sally), undefined);
  assert.equal((await on.told()).length, letters);
});

test('an exemption that is configured is a fall, and its end is none', async (t) => {
  const { sally, on } = await office(t);
  await on.alert().look();
  await sally.app.reload(await sally.load({ app: [EXEMPT] }));
  await on.alert().look();
  assert.deepEqual((await on.falls())[0]?.slice(0, 2), ['failed', '["exempt portal GET /healthz"]']);
  await sally.app.reload(await sally.load({ app: [] }));
  await on.alert().look();
  assert.deepEqual((await on.falls())[1]?.slice(0, 3), ['ok', '[]', '["exempt portal GET /healthz"]']);
});

test('a node that died while it looked leaves it to another, which misses nothing', async (t) => {
  const { sally, on } = await office(t);
  const { store } = sally.manage;
  await on.alert().look();
  await on.found('origin.checked', 'failed');
  const mark = await store.meta.get('coverage alert');
  assert.ok(mark !== undefined && (await store.meta.replace('coverage alert', mark, `${mark} ${sally.clock.now()}`)));
  await on.alert().look();
  assert.deepEqual(await on.falls(), [], 'somebody is at it');
  await sally.advance(3 * 60_000);
  await on.alert().look();
  assert.equal((await on.falls()).length, 1);
});

test('while the configuration cannot be read from the record nothing counts as looked at', async (t) => {
  const { sally, on } = await office(t);
  const { store, clock } = sally.manage;
  await on.alert().look();
  await record(store.audit, clock, {
    kind: 'config.load',
    outcome: 'ok',
    actor: 'system',
    detail: { digest: 'gone', meaning: 'gone' },
  });
  await on.found('origin.checked', 'failed');
  await on.alert().look();
  assert.deepEqual(await on.falls(), []);
  await sally.app.reload(await sally.load({ app: [] }));
  await sally.advance(3 * 60_000);
  await on.alert().look();
  assert.deepEqual(
    (await on.falls()).map(([outcome]) => outcome),
    ['failed'],
  );
});
