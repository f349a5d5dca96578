import assert from 'node:assert/strict';
import { cellOf } from '../../../src/coverage/cells.ts';
import { momentOf } from '../../../src/manage/coverage-moment.ts';
import { verify } from '../../../src/pack/verify/verify.ts';
import type { Wish } from '../../../src/pack/write/shown.ts';
import { formatVerifierKey } from '../../../src/tlog/key.ts';
import { DAY, estate, NORTH, packed, partsOf, SOUTH, START, WISH } from '../../support/evidence.ts';
import { cellsOtherwise } from '../../support/pack-cases.ts';
import { filesOf } from '../../support/remake.ts';
import { eachStore } from '../../support/stores.ts';

type Made = Awaited<ReturnType<typeof estate>>;

async function packOf(made: Made, more: Partial<Wish> = {}): Promise<Buffer> {
  const wish = { ...WISH, ...more };
  return packed(await partsOf(made, wish), wish);
}

/** Rows of a table, without their heads. */
async function rowsOf(pack: Buffer, name: string): Promise<string[][]> {
  const text = (await filesOf(pack)).get(`tables/${name}.csv`)?.toString() ?? assert.fail(`no table ${name}`);
  const lines = text.trimEnd().split('\r\n').slice(1);
  return lines.map((line) => line.slice(1, -1).split('","'));
}

/** `account app`: how it stands there. */
async function cellsOf(pack: Buffer): Promise<Record<string, string>> {
  const rows = await rowsOf(pack, 'coverage');
  return Object.fromEntries(
    rows.map(([account, app, , , , stands, why, factors, strength]) => [
      `${account} ${app}`,
      [stands, why, factors, strength].filter((each) => each !== '').join(' '),
    ]),
  );
}

async function verdictOf(made: Made, pack: Buffer) {
  return verify({ pack, key: formatVerifierKey(made.key), checkpoint: null });
}

eachStore(
  'a pack says of every account how it stood at each app at the end, and by which entries',
  async ({ store }) => {
    const made = await estate(store);
    const pack = await packOf(made);
    const { verdict, answers } = await verdictOf(made, pack);
    assert.equal(verdict, 'verified');
    const out = (account: string, how: string, apps = ['desk', 'portal', 'ward']) =>
      Object.fromEntries(apps.map((app) => [`${account} ${app}`, how]));
    assert.deepEqual(await cellsOf(pack), {
      'acc-1a desk': 'barred not-a-holder',
      'acc-1a portal': 'none guessed-out',
      'acc-1a ward': 'barred not-of-organisation',
      ...out('acc-2b', 'disabled'),
      ...out('acc-3c', 'removed'),
      'acc-4d desk': 'barred not-a-holder',
      'acc-4d portal': 'none no-factor',
      'acc-4d ward': 'barred not-of-organisation',
      'acc-5e desk': 'barred not-a-holder',
      'acc-5e portal': 'protected passkey phr',
      'acc-5e ward': 'barred not-of-organisation',
      ...out('acc-6f', 'none too-weak'),
    });
    assert.deepEqual(answers?.cells, {
      protected: 1,
      waiting: 0,
      none: 5,
      barred: 6,
      disabled: 3,
      removed: 3,
      unknown: 0,
    });
    const rows = await rowsOf(pack, 'coverage');
    const erin = rows.find(([account, app]) => account === 'acc-5e' && app === 'portal') ?? [];
    assert.equal(erin[10], new Date(START + 18 * DAY + 34).toISOString(), 'the last of five sign-ins');
    assert.equal(erin[11], '/admin/**', 'she is in no group of the board');
    const entries = (await filesOf(pack)).get('entries.ndjson')?.toString() ?? '';
    const kinds = (erin[12] ?? '').split(' ').map((index) => {
      const line = entries.split('\n').find((each) => each.startsWith(`{"index":${index},`)) ?? '';
      return /"text":"\\"([a-z.-]+)\\""/.exec(line.slice(line.indexOf('"kind"')))?.[1];
    });
    assert.deepEqual(kinds.sort(), [
      ...['account.add', 'config.load', 'enrol.authenticator', 'organisation.restrict'],
      'sign-in.second',
    ]);
  },
);

eachStore('factors are told with their last use, ways with what they take, and until when', async ({ store }) => {
  const made = await estate(store);
  const pack = await packOf(made);
  const factors = await rowsOf(pack, 'factors');
  const used = (at: number) => new Date(START + 18 * DAY + at).toISOString();
  assert.deepEqual(
    factors.map(([account, , , , factor, kind, , disabled, last]) => [account, factor, kind, disabled !== '', last]),
    [
      ['acc-1a', 'f-a', 'passkey', true, ''],
      ['acc-5e', 'f-e', 'passkey', false, used(34)],
      ['acc-5e', 'r-e', 'recovery', false, ''],
      // A confirmation is a use; one that failed is none.
      ['acc-6f', 'f-f', 'totp', false, used(43)],
    ],
  );
  const ways = (await rowsOf(pack, 'ways')).map(([app, , bound, method, path, takes, , , until, owner, reason]) =>
    [app, bound, method, path, takes, until, owner, reason].join('|'),
  );
  assert.deepEqual(ways, [
    'desk|bound (form)||its own login||||',
    'desk|bound (form)|any|/api/southfield|door|||',
    'desk|bound (form)|any|/**|second factor|||',
    'portal|bound (whoami)||its own login||||',
    'portal|bound (whoami)|GET|/look-alive|exempt|2027-01-31|ops@example.org|probe',
    'portal|bound (whoami)|any|/admin/**|passkey|||',
    'portal|bound (whoami)|any|/**|second factor|||',
    'ward|unbound||its own login||2026-12-31|ops@example.org|no preset yet',
    'ward|unbound|any|/**|second factor|||',
  ]);
});

eachStore(
  'an organisation is told of its own people at each app, and what it is not shown is not known',
  async ({ store }) => {
    const made = await estate(store);
    for (const redact of [false, true]) {
      const south = await packOf(made, { organisation: SOUTH, redact });
      assert.equal((await verdictOf(made, south)).verdict, 'verified');
      // Dora has gone to others; who holds `desk` is not shown.
      assert.deepEqual(await cellsOf(south), {
        'acc-3c desk': 'removed',
        'acc-3c portal': 'removed',
        'acc-3c ward': 'removed',
        'acc-6f desk': 'unknown not-shown',
        'acc-6f portal': 'none too-weak',
        'acc-6f ward': 'none too-weak',
      });
      const north = await packOf(made, { organisation: NORTH, redact });
      const cells = await cellsOf(north);
      assert.equal(cells['acc-5e portal'], 'protected passkey phr');
      assert.equal(cells['acc-5e desk'], 'unknown not-shown');
      assert.equal(cells['acc-5e ward'], 'barred not-of-organisation');
      assert.deepEqual(
        (await rowsOf(north, 'ways'))
          .filter(([app]) => app === 'portal')
          .map(([, , , method, path, takes, , , until]) => [method, path, takes, until]),
        [
          ['', 'its own login', '', ''],
          ['GET', '(1)', 'exempt', '2027-01-31'],
          ['any', '(1)', 'passkey', ''],
          ['any', '/**', 'second factor', ''],
        ],
      );
    }
  },
);

eachStore('with names hidden each cell is the same, but where names decide it', async ({ store }) => {
  const made = await estate(store);
  const [whole, hidden] = [await cellsOf(await packOf(made)), await cellsOf(await packOf(made, { redact: true }))];
  const decided = ['acc-1a desk', 'acc-4d desk', 'acc-5e desk', 'acc-6f desk'];
  assert.deepEqual(hidden, { ...whole, ...Object.fromEntries(decided.map((cell) => [cell, 'unknown not-shown'])) });
});

eachStore('a cell that is stated otherwise is found and named, in statements and table', async ({ store }) => {
  const made = await estate(store);
  for (const { name, pack, what, check } of await cellsOtherwise(await packOf(made), made)) {
    const { verdict, checks } = await verdictOf(made, pack);
    assert.equal(verdict, 'failed', name);
    const [first] = checks.filter(({ ok }) => ok === false);
    assert.deepEqual([first?.check, first?.where?.what, typeof first?.where?.line], [check, what, 'number'], name);
  }
});

eachStore('the software of the range is told, and what sbom.json is to it', async ({ store }) => {
  const made = await estate(store);
  const says = async (more: Partial<Wish>) => {
    const pack = await packOf(made, more);
    const { verdict, checks } = await verdictOf(made, pack);
    assert.equal(verdict, 'verified');
    const rows = await rowsOf(pack, 'software');
    return [rows.map(([, , , here]) => here), checks.find(({ check }) => check === 'software')?.says.slice(0, 52)];
  };
  assert.deepEqual(await says({}), [['is another', 'is it'], 'sbom.json is that of software that was in force in a']);
  assert.deepEqual(await says({ from: START + 13 * DAY }), [
    ['is it'],
    'sbom.json is the bill of materials of the software t',
  ]);
  assert.deepEqual(await says({ to: START + 9 * DAY }), [
    ['is another'],
    'sbom.json is that of other software than was in forc',
  ]);
  assert.deepEqual((await says({ organisation: SOUTH, redact: true }))[0], ['is another', 'is it']);
});

eachStore('a pack says of each cell what coverage says of that moment', async ({ store }) => {
  const made = await estate(store);
  for (let day = 4; day <= 20; day += 4) {
    const to = START + day * DAY;
    const moment = await momentOf(store, to - 1);
    const expected = [...moment.state.accounts.values()].flatMap((account) =>
      (moment.inForce?.apps ?? []).map((app) => {
        const { class: stands, why, factors, acr } = cellOf(moment, account, app);
        const how = [stands, why ?? '', factors.join(' '), acr ?? ''].filter((each) => each !== '');
        return [`${account.id} ${app.id}`, how.join(' ')];
      }),
    );
    assert.deepEqual(
      await cellsOf(await packOf(made, { from: START, to })),
      Object.fromEntries(expected),
      `day ${day}`,
    );
  }
});
