import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import fc from 'fast-check';
import { IdReader, RequestIds } from '../../../src/assertions/request-ids.ts';
import { systemRandom } from '../../../src/lib/random.ts';
import { createSeal } from '../../../src/store/seal.ts';
import { Heap } from '../../../src/watch/log/by-time/heap.ts';
import { Matcher } from '../../../src/watch/log/by-time/matcher.ts';
import { skewOf } from '../../../src/watch/log/by-time/skew.ts';
import { holds, readLogs } from '../../../src/watch/log/read.ts';

const seal = createSeal(Buffer.alloc(32, 3), systemRandom);
const ids = new RequestIds(seal, systemRandom);
const START = Date.UTC(2026, 10, 30, 8, 0, 0);
const US = '10.0.0.7';

/** A request, as both sides may write it down. */
interface Sent {
  /** ms: when it was over. */
  readonly at: number;
  readonly ms?: number;
  readonly method?: string;
  readonly path: string;
  readonly client?: string;
  readonly status?: number;
}

type Writer = (sent: Required<Sent>) => string;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (number: number) => String(number).padStart(2, '0');
function clf(at: number): string {
  const of = new Date(at + 3_600_000);
  const time = [of.getUTCHours(), of.getUTCMinutes(), of.getUTCSeconds()].map(two).join(':');
  return `${two(of.getUTCDate())}/${MONTHS[of.getUTCMonth()]}/${of.getUTCFullYear()}:${time} +0100`;
}

/** Apache writes when a request began, the others when it was over. */
const FORMATS: Readonly<Record<string, { readonly head: string; readonly line: Writer }>> = {
  Apache: {
    head: '',
    line: ({ at, ms, method, path, client, status }) =>
      `${client} - - [${clf(at - ms)}] "${method} ${path}?secret=1 HTTP/1.1" ${status} 12 "-" "Firefox"\n`,
  },
  nginx: {
    head: '',
    line: ({ at, method, path, client, status }) =>
      `${client} - - [${clf(at)}] "${method} ${path} HTTP/1.1" ${status} 12 "-" "Firefox" "-"\n`,
  },
  'IIS W3C': {
    head: '#Fields: date time cs-method cs-uri-stem cs-uri-query c-ip sc-status\n',
    line: ({ at, method, path, client, status }) => {
      const [date = '', time = ''] = new Date(at).toISOString().slice(0, 19).split('T');
      return `${date} ${time} ${method} ${decodeURIComponent(path).replaceAll(' ', '+')} - ${client} ${status}\r\n`;
    },
  },
  'JSON lines': {
    head: '',
    line: ({ at, method, path, client, status }) =>
      `${JSON.stringify({ ts: at / 1000, method, uri: path, remote_ip: client, status })}\n`,
  },
};

const ourLine = ({ at, ms = 0, method = 'GET', path, status = 200 }: Sent, more: object = {}) =>
  `${JSON.stringify({ level: 'info', time: new Date(at).toISOString(), app: 'portal', path, source: '192.0.2.1', id: ids.next(), method, status, complete: true, ms, msg: 'request', ...more })}\n`;

/** A number of [0, 1) after the other, always the same ones. */
function numbers(seed: number): () => number {
  let at = seed;
  return () => {
    at = (Math.imul(at, 1_664_525) + 1_013_904_223) >>> 0;
    return at / 2 ** 32;
  };
}

const PATHS = ['/', '/a', '/b/c', '/caf%C3%A9/x%20y', '/report.php', '/api/v1/items'];

/** A day at a legacy app: mostly the same few pages, a third of them something of its own; from now and then to now and then. */
function traffic(count: number, next = numbers(7)): Sent[] {
  let at = START + 3000;
  return Array.from({ length: count }, (_, i) => {
    at += Math.floor(next() * 1500);
    const path = next() < 0.3 ? `/item/${i}` : (PATHS[Math.floor(next() * PATHS.length)] ?? '/');
    return { at, ms: Math.floor(next() * 800), path, method: next() < 0.2 ? 'POST' : 'GET' };
  });
}

function files(t: TestContext, texts: readonly string[], name: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-time-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return texts.map((text, i) => {
    const file = join(folder, `${name}.${i}`);
    writeFileSync(file, text);
    return file;
  });
}

const whole = (sent: Sent): Required<Sent> => ({ ms: 0, method: 'GET', client: US, status: 200, ...sent });

/** Lines at the beginning and the end, so that all between is within the time that our log reaches. */
const ends = (to: number) =>
  [START, to].map((at) => `{"level":"info","time":"${new Date(at).toISOString()}","msg":"x"}\n`);

interface Case {
  readonly theirs: readonly string[];
  readonly ours: readonly string[];
  readonly toleranceMs?: number;
  readonly since?: number;
}

function compare(t: TestContext, { theirs, ours, toleranceMs = 2000, since }: Case) {
  const own = { files: files(t, ours, 'ours'), appId: 'portal', toleranceMs };
  const parts = {
    ids: new IdReader(seal),
    isOurs: (address: string) => address === US,
    since: since ?? null,
    ours: own,
  };
  return readLogs(files(t, theirs, 'access.log'), parts);
}

/** Our own log of these requests, from before the first to after the last. */
function ownLog(all: readonly Sent[]): string {
  const [first = '', last = ''] = ends((all.at(-1)?.at ?? START) + 60_000);
  return first + all.map((sent) => ourLine(sent)).join('') + last;
}

for (const [name, { head, line }] of Object.entries(FORMATS)) {
  const write = (all: readonly Sent[], skewMs = 0) =>
    head + all.map((sent) => line(whole({ ...sent, at: sent.at + skewMs }))).join('');

  test(`${name}: each request of ours explains one of the app’s, and nothing is left`, async (t) => {
    const all = traffic(2000);
    const report = await compare(t, { theirs: [write(all)], ours: [ownLog(all)] });
    assert.deepEqual(report.groups, []);
    assert.deepEqual([report.by, report.ours, report.past, report.time?.notTold], ['time', 2000, 0, 0]);
    assert.ok(holds(report));
  });

  test(`${name}: of two that are alike at the same moment, one of which is ours, the other is found`, async (t) => {
    const all = traffic(500);
    const twice = all[250];
    assert.ok(twice !== undefined);
    const theirs = [...all.slice(0, 251), twice, ...all.slice(251)];
    const report = await compare(t, { theirs: [write(theirs)], ours: [ownLog(all)] });
    assert.deepEqual([report.past, report.ours], [1, 500]);
    const [found] = report.groups;
    assert.deepEqual([found?.why, found?.method], ['not in our log', twice.method]);
    assert.ok(!holds(report));
  });

  test(`${name}: clocks that differ are measured, ahead and behind, and put right`, async (t) => {
    const all = traffic(1500);
    for (const seconds of [-240, -37, 3, 90, 550]) {
      const direct = { ...whole({ at: START + 300_000, path: '/payroll' }) };
      const theirs = [...all, direct].sort((a, b) => a.at - b.at);
      const report = await compare(t, { theirs: [write(theirs, seconds * 1000)], ours: [ownLog(all)] });
      const skew = (report.time?.skewMs ?? Number.NaN) / 1000;
      assert.ok(Math.abs(skew - seconds) <= 1.5, `${seconds}: ${skew}`);
      assert.deepEqual([report.past, report.groups[0]?.path], [1, '/payroll'], String(seconds));
    }
  });

  test(`${name}: lines in another order, in several files, of several nodes, named in any order`, async (t) => {
    const all = traffic(3000);
    const next = numbers(11);
    // Written when it was over or when a buffer was full: up to half a minute later than what follows.
    const shuffled = [...all]
      .map((sent) => ({ sent, by: sent.at + next() * 30_000 }))
      .sort((a, b) => a.by - b.by)
      .map(({ sent }) => sent);
    const theirs = [shuffled.slice(2000), shuffled.slice(0, 1000), shuffled.slice(1000, 2000)].map((part) =>
      write(part),
    );
    const [first = '', last = ''] = ends((all.at(-1)?.at ?? 0) + 60_000);
    const nodes = [0, 1, 2].map((node) =>
      all
        .filter((_, i) => i % 3 === node)
        .map((sent) => ourLine(sent))
        .join(''),
    );
    const report = await compare(t, { theirs, ours: [...nodes.map((text) => first + text + last)].reverse() });
    assert.deepEqual([report.past, report.ours, report.time?.notTold], [0, 3000, 0]);
  });
}

const apache = FORMATS['Apache']?.line ?? (() => '');

test('what our log does not reach is not told, and never ours', async (t) => {
  const all = traffic(300);
  const before = traffic(50).map((sent, i) => ({ ...sent, at: START - 3_600_000 + i * 1000 }));
  const after = { path: '/', at: (all.at(-1)?.at ?? 0) + 3_600_000 };
  const theirs = [...before, ...all, after].map((sent) => apache(whole(sent))).join('');
  const report = await compare(t, { theirs: [theirs], ours: [ownLog(all)] });
  assert.deepEqual([report.past, report.ours, report.time?.notTold], [0, 300, 51]);
  assert.equal(report.time?.covered?.from, START);
  const nowhere = await compare(t, { theirs: [theirs], ours: [''] });
  assert.deepEqual([nowhere.time?.notTold, nowhere.time?.covered, holds(nowhere)], [351, null, false]);
  const later = await compare(t, { theirs: [theirs], ours: [ownLog(all)], since: START });
  assert.deepEqual([later.requests, later.time?.notTold], [301, 1]);
});

test('what takes long is explained when it is over, and what became a WebSocket at its end or its beginning', async (t) => {
  const all = traffic(400);
  const end = (all.at(-1)?.at ?? 0) - 10_000;
  const download = { at: end, ms: end - START - 20_000, path: '/big.iso' };
  const socket = { at: START + 30_000, path: '/ws', status: 101 };
  const ours = [...all, download].sort((a, b) => a.at - b.at);
  const [first = '', last = ''] = ends(end + 7_200_000);
  const own = ours.map((sent) => ourLine(sent)).join('');
  const upgraded = ourLine(socket, { msg: 'upgrade', method: undefined, ms: undefined, status: undefined });
  for (const line of ['Apache', 'nginx'] as const) {
    const write = FORMATS[line]?.line ?? apache;
    const closed = { ...socket, at: line === 'nginx' ? end + 5_400_000 : socket.at };
    // Written in the order in which they were over.
    const theirs = [...ours, { ...closed, by: 1 }].sort((a, b) => a.at - b.at);
    const report = await compare(t, {
      theirs: [theirs.map((sent) => write(whole(sent))).join('')],
      ours: [first + upgraded + own + last],
    });
    assert.deepEqual([report.past, report.time?.notTold], [0, 0], `${line} ${JSON.stringify(report.groups)}`);
    // One upgrade explains one.
    const two = await compare(t, {
      theirs: [[...theirs, closed].map((sent) => write(whole(sent))).join('')],
      ours: [first + upgraded + own + last],
    });
    assert.equal(two.past, 1, line);
  }
});

test('a request that was sent again counts as often; one that was not sent to this app, or has no id of ours, explains nothing', async (t) => {
  const all = traffic(300);
  const one = { at: START + 60_000, path: '/once' };
  const run = (lines: string) =>
    compare(t, {
      theirs: [
        [...all, one, one]
          .sort((a, b) => a.at - b.at)
          .map((sent) => apache(whole(sent)))
          .join(''),
      ],
      ours: [ownLog(all).replace(/\n/, `\n${lines}`)],
    });
  assert.equal((await run(ourLine(one, { sends: 2 }))).past, 0);
  assert.equal((await run(ourLine(one))).past, 1);
  const foreign = new RequestIds(createSeal(Buffer.alloc(32, 4), systemRandom), systemRandom).next();
  for (const more of [{ id: foreign }, { id: undefined }, { app: 'other' }, { msg: 'refused' }])
    assert.equal((await run(ourLine(one, more))).past, 2, JSON.stringify(more));
});

test('another address is past us, whatever our log has; so is what names no method, and what has no time', async (t) => {
  const all = traffic(200);
  const [sent] = all;
  assert.ok(sent !== undefined);
  const rest = all
    .slice(1)
    .map((each) => apache(whole(each)))
    .join('');
  const other = await compare(t, {
    theirs: [apache(whole({ ...sent, client: '203.0.113.9' })) + rest],
    ours: [ownLog(all)],
  });
  assert.deepEqual([other.past, other.groups[0]?.why], [1, 'another address']);
  const broken = `${US} - - [${clf(START + 50_000)}] "\\x16\\x03\\x01" 400 0 "-" "-"\n`;
  const odd = await compare(t, { theirs: [apache(whole(sent)) + broken + rest], ours: [ownLog(all)] });
  assert.deepEqual([odd.past, odd.groups[0]?.why, odd.groups[0]?.method], [1, 'not in our log', null]);
  const timeless = `${JSON.stringify({ method: 'GET', uri: '/x', remote_ip: US })}\n`;
  const json = FORMATS['JSON lines']?.line ?? apache;
  const lines = all.map((each) => json(whole(each)));
  const none = await compare(t, { theirs: [`${timeless}${lines.join('')}`], ours: [ownLog(all)] });
  assert.deepEqual([none.past, none.groups[0]?.why], [1, 'no time']);
});

test('hostile lines in either log are told, and cost no more than their length', async (t) => {
  const all = traffic(300);
  const hostile = [
    '{"time":"2026-11-30T08:00:01Z","msg":"request","app":"portal"',
    '[]',
    'x'.repeat(70_000),
    `{"a":${'['.repeat(30_000)}`,
  ];
  const report = await compare(t, {
    theirs: [all.map((sent) => apache(whole(sent))).join('') + apache(whole({ at: START + 9e9, path: '/%%2\\x\\' }))],
    ours: [`${hostile.join('\n')}\n${ownLog(all)}`],
  });
  assert.deepEqual([report.time?.unreadableOurs, report.past, report.time?.notTold], [4, 0, 1]);
  assert.ok(!holds(report));
});

test('a log that has our ids is judged by them, though ours is named', async (t) => {
  const line = `${US} - - [${clf(START)}] "GET / HTTP/1.1" 200 1 "-" "-" "${ids.next()}"\n`;
  const report = await compare(t, { theirs: [line], ours: [ownLog(traffic(10))] });
  assert.deepEqual([report.by, report.time, report.past], ['id', null, 0]);
});

test('as many are explained as can be: the number left is that of a maximum matching', () => {
  const span = fc.record({ begin: fc.nat(40), ms: fc.nat(12) });
  fc.assert(
    fc.property(fc.array(span, { maxLength: 12 }), fc.array(fc.nat(50), { maxLength: 12 }), (spans, moments) => {
      const [ours, theirs] = [
        spans.map(({ begin, ms }) => ({ from: begin, to: begin + ms })),
        moments.sort((a, b) => a - b),
      ];
      const left: number[] = [];
      const matcher = new Matcher<number>({ toleranceMs: 0, unexplained: (at) => left.push(at) });
      for (const { from, to } of ours) {
        const set = {
          begin: from * 1000 + 1000,
          end: to * 1000 - 1000,
          method: 'GET',
          path: '/',
          sends: 1,
          open: false,
        };
        matcher.ours(set, 'GET /');
      }
      for (const at of theirs) matcher.theirs({ at: at * 1000, alike: 'GET /', open: false, what: at });
      matcher.end();
      // By augmenting paths (Kuhn), which knows nothing of time.
      const taken = new Map<number, number>();
      const augment = (at: number, seen: Set<number>): boolean =>
        ours.some(({ from, to }, i) => {
          if (theirs[at] === undefined || theirs[at] < from || theirs[at] > to || seen.has(i)) return false;
          seen.add(i);
          const before = taken.get(i);
          if (before !== undefined && !augment(before, seen)) return false;
          taken.set(i, at);
          return true;
        });
      const most = theirs.filter((_, at) => augment(at, new Set())).length;
      assert.equal(left.length, theirs.length - most);
    }),
    { numRuns: 500, seed: 5 },
  );
});

test('beyond what is remembered nothing is explained that is not, and it is said', () => {
  const left: number[] = [];
  const matcher = new Matcher<number>({
    toleranceMs: 0,
    unexplained: (at) => left.push(at),
    most: { sendings: 2, late: 1 },
  });
  const at = (begin: number) => ({ begin, end: begin, method: 'GET', path: '/', sends: 1, open: false });
  for (const begin of [0, 10_000, 20_000]) matcher.ours(at(begin), 'GET /');
  assert.equal(matcher.beyond, 1);
  for (const moment of [0, 10_000, 20_000, 21_000])
    matcher.theirs({ at: moment, alike: 'GET /', open: false, what: moment });
  assert.deepEqual([matcher.explained, left], [2, [21_000]]);
  matcher.end();
  assert.deepEqual(left, [21_000, 20_000]);
});

test('a heap gives out its least, in any order of what comes and goes', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(1000))), (acts) => {
      const [heap, plain] = [new Heap<number>((each) => each), [] as number[]];
      for (const act of acts) {
        if (act === null) assert.equal(heap.pop(), plain.sort((a, b) => a - b).shift());
        else {
          heap.push(act);
          plain.push(act);
        }
        assert.equal(heap.size, plain.length);
      }
    }),
    { numRuns: 300, seed: 5 },
  );
});

test('clocks of which nothing is shown are not put right', () => {
  const moments = (...all: number[]) => all.map((at) => ({ at: at * 1000, alike: 'GET /' }));
  assert.equal(skewOf([], []), null);
  assert.equal(skewOf(moments(1), moments(1)), null);
  // More than ten minutes are not put right.
  const far = Array.from({ length: 50 }, (_, i) => ({ at: i * 7000, alike: `GET /${i}` }));
  assert.equal(
    skewOf(
      far,
      far.map(({ at, alike }) => ({ at: at + 700_000, alike })),
    ),
    null,
  );
  assert.equal(
    skewOf(
      far,
      far.map(({ at, alike }) => ({ at: at + 599_000, alike })),
    ),
    599_000,
  );
});
