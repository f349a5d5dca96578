import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { BLOCK, IdReader, RequestIds } from '../../../src/assertions/request-ids.ts';
import { systemRandom } from '../../../src/lib/random.ts';
import { createSeal } from '../../../src/store/seal.ts';
import { MOST_GROUPS } from '../../../src/watch/log/groups.ts';
import { LONGEST_LINE } from '../../../src/watch/log/lines.ts';
import { holds, type LogParts, readLogs } from '../../../src/watch/log/read.ts';
import { Replays } from '../../../src/watch/log/replays.ts';

const seal = createSeal(Buffer.alloc(32, 3), systemRandom);
const ids = new RequestIds(seal, systemRandom);
const PARTS: LogParts = { ids: new IdReader(seal), isOurs: (address) => address === '10.0.0.7', since: null };

function read(t: TestContext, files: readonly string[], parts: Partial<LogParts> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-log-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const names = files.map((text, i) => {
    const name = join(folder, `access.log.${i}`);
    writeFileSync(name, text);
    return name;
  });
  return readLogs(names, { ...PARTS, ...parts });
}

/** One request in each format, with an id or without. */
interface Logged {
  readonly client?: string;
  readonly user?: string;
  readonly path?: string;
  readonly agent?: string;
  readonly id?: string;
}
type Writer = (of: Logged) => string;

const combined: Writer = ({ client = '10.0.0.7', user = '-', path = '/a', agent = 'Firefox', id = '-' }) =>
  `${client} - ${user} [30/Nov/2026:01:02:03 +0100] "GET ${path} HTTP/1.1" 200 12 "-" "${agent}" "${id}"\n`;
const FORMATS: Readonly<Record<string, { head?: string; line: Writer }>> = {
  combined: { line: combined },
  common: {
    line: ({ client = '10.0.0.7', user = '-', path = '/a', id = '-' }) =>
      `${client} - ${user} [30/Nov/2026:01:02:03 +0100] "GET ${path} HTTP/1.1" 200 12 ${id}\n`,
  },
  'combined of several hosts': { line: (of) => `app.example:443 ${combined(of)}` },
  'IIS W3C': {
    head: '#Software: Microsoft Internet Information Services 10.0\n#Fields: date time cs-method cs-uri-stem cs-uri-query cs-username c-ip cs(User-Agent) sc-status Sallyport-Request\n',
    line: ({ client = '10.0.0.7', user = '-', path = '/a', agent = 'Firefox', id = '-' }) =>
      `2026-11-30 00:02:03 GET ${path} - ${user} ${client} ${agent} 200 ${id}\r\n`,
  },
  'JSON lines': {
    line: ({ client = '10.0.0.7', user = '-', path = '/a', id = '' }) =>
      `${JSON.stringify({ time: '2026-11-30T00:02:03Z', remote_addr: client, remote_user: user, request: `GET ${path}?q=1 HTTP/1.1`, status: 200, sallyport_request: id })}\n`,
  },
  'JSON lines of Caddy': {
    line: ({ client = '10.0.0.7', user = '', path = '/a', id = '' }) =>
      `${JSON.stringify({ level: 'info', ts: 1_796_000_523.5, msg: 'handled request', request: { remote_ip: client, method: 'GET', uri: path, headers: { 'Sallyport-Request': [id] } }, user_id: user, status: 200 })}\n`,
  },
};

for (const [name, { head = '', line }] of Object.entries(FORMATS)) {
  test(`${name}: what has an id of ours came through us, everything else is told with who, when and what`, async (t) => {
    const good = Array.from({ length: 50 }, () => line({ id: ids.next() })).join('');
    const clean = await read(t, [head + good]);
    assert.deepEqual([clean.requests, clean.ours, clean.past, clean.unreadable], [50, 50, 0, 0]);
    assert.ok(holds(clean));
    const twice = ids.next();
    const foreign = new RequestIds(createSeal(Buffer.alloc(32, 4), systemRandom), systemRandom).next();
    const bad = [
      line({ client: '203.0.113.9', user: 'bob', path: '/payroll' }),
      line({ id: foreign }),
      line({ id: twice }),
      line({ id: twice }),
      // In the words of a client an id counts for nothing.
      line({ agent: ids.next() }),
    ];
    const report = await read(t, [head + good + bad.join('')]);
    assert.deepEqual([report.requests, report.ours, report.past, report.by], [55, 51, 4, 'id']);
    assert.ok(!holds(report));
    const whys = report.groups.map(({ why }) => why);
    assert.deepEqual(new Set(whys), new Set(['no id', 'not our id', 'id used twice']));
    const [found] = report.groups;
    assert.deepEqual(
      [found?.client, found?.user, found?.path, found?.status, found?.count],
      ['203.0.113.9', 'bob', '/payroll', 200, 1],
    );
    assert.ok(found?.first !== null && found?.first === found?.last);
    const lineOf = 51 + head.split('\n').length - 1;
    assert.equal(found?.where, `access.log.0:${lineOf}`);
    if (!name.includes('Caddy')) assert.equal(found?.first, Date.UTC(2026, 10, 30, 0, 2, 3));
  });

  test(`${name}: without any id it is told by the address alone`, async (t) => {
    const own = await read(t, [head + line({}) + line({})]);
    assert.deepEqual([own.by, own.past, holds(own)], ['address', 0, true]);
    const other = await read(t, [head + line({}) + line({ client: '203.0.113.9' })]);
    assert.deepEqual([other.by, other.past], ['address', 1]);
    assert.equal(other.groups[0]?.why, 'another address');
  });
}

test('what cannot be read is counted and told, and nothing holds then', async (t) => {
  const good = combined({ id: ids.next() });
  const long = combined({ path: `/${'x'.repeat(LONGEST_LINE)}` });
  const report = await read(t, [`${good}garbage\n${long}${good.replace('] "', '] ')}${combined({ id: ids.next() })}`]);
  assert.deepEqual([report.requests, report.unreadable, report.unreadableAt], [2, 3, 'access.log.0:2']);
  assert.ok(!holds(report));
  assert.ok(!holds(await read(t, [''])));
  assert.ok(!holds(await read(t, ['\n\n'])));
});

test('a line of the longest length is read, of one byte more it is not', async (t) => {
  const base = combined({ path: '/', id: ids.next() }).length - 1;
  const of = (length: number) => combined({ path: `/${'x'.repeat(length - base)}`, id: ids.next() });
  const most = await read(t, [of(LONGEST_LINE)]);
  assert.deepEqual([most.ours, most.unreadable], [1, 0]);
  const more = await read(t, [of(LONGEST_LINE + 1)]);
  assert.deepEqual([more.ours, more.unreadable], [0, 1]);
});

test('rotated files are one log: an id of the older one that comes again in the newer is found', async (t) => {
  const id = ids.next();
  const report = await read(t, [combined({ id }), combined({ id })]);
  assert.deepEqual([report.ours, report.past, report.groups[0]?.where], [1, 1, 'access.log.1:1']);
});

test('earlier requests than asked for are passed over; Apache’s own are none', async (t) => {
  const own = '127.0.0.1 - - [30/Nov/2026:01:02:03 +0100] "OPTIONS * HTTP/1.0" 200 - "-" "Apache (internal dummy)"\n';
  const text = combined({ client: '203.0.113.9' }) + own + combined({ id: ids.next() });
  assert.equal((await read(t, [text], { since: Date.UTC(2026, 10, 30, 0, 2, 4) })).requests, 0);
  const all = await read(t, [text], { since: Date.UTC(2026, 10, 30, 0, 2, 3) });
  assert.deepEqual([all.requests, all.past], [2, 1]);
  const faked = own.replace('127.0.0.1', '203.0.113.9');
  assert.equal((await read(t, [faked + combined({ id: ids.next() })])).past, 1);
});

test('kinds beyond the limit are counted', async (t) => {
  const lines = Array.from({ length: MOST_GROUPS + 7 }, (_, i) => combined({ client: '203.0.113.9', path: `/${i}` }));
  const report = await read(t, [lines.join('') + combined({ id: ids.next() })]);
  assert.deepEqual([report.groups.length, report.beyond, report.past], [MOST_GROUPS, 7, MOST_GROUPS + 7]);
});

test('beyond the ids that are remembered it is said that nothing is known', () => {
  const replays = new Replays(2);
  const at = (block: string, place: number) => replays.again({ block, place });
  assert.deepEqual(
    [at('a', 0), at('a', 1), at('a', 0), at('b', BLOCK - 1), at('b', BLOCK - 1)],
    [false, false, true, false, true],
  );
  assert.deepEqual([at('c', 0), at('c', 0), replays.unknown], [false, false, 2]);
});

test('a log is read in linear time, whatever stands in it', async (t) => {
  const lines = [
    '"'.repeat(60_000),
    '\\"'.repeat(30_000),
    `a ${'"x" '.repeat(15_000)}`,
    '['.repeat(60_000),
    `{"a":${'['.repeat(50_000)}`,
  ];
  const began = performance.now();
  const report = await read(t, [`${combined({ id: ids.next() })}${lines.join('\n')}\n`]);
  assert.equal(report.unreadable, lines.length);
  assert.ok(performance.now() - began < 5000);
});
