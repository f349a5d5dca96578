import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Installation, request, startSallyport, type Wish } from './installation.ts';
import { table, whole } from './report.ts';
import { answering, Load, pause, processorMs, startUpstream, stop, stopAll } from './rig.ts';
import { compare, type Plan } from './throughput.ts';

/**
 * `npm run bench:growth`: what a request costs as there are more live sessions, accounts, rules and apps, each by itself (about ten
 * minutes; `-- --quick` stops a step earlier). All sizes of one kind are asked in turn in each round.
 */
const quick = process.argv.includes('--quick');
const plan: Plan = { rounds: quick ? 5 : 9, ms: 1000, warmUp: 40_000, warmUpMs: 8_000 };
/** Of many sessions so many ask in turn, few enough that each holds its assertion. */
const ACTIVE = 1000;

interface Kind {
  readonly what: string;
  readonly sizes: readonly number[];
  readonly wish: (size: number) => Partial<Wish>;
}

const KINDS: readonly Kind[] = [
  { what: 'live sessions', sizes: [1_000, 10_000, 100_000], wish: (sessions) => ({ sessions }) },
  { what: 'accounts', sizes: [1_000, 100_000, 1_000_000], wish: (accounts) => ({ accounts }) },
  { what: 'rules', sizes: [10, 1_000, 10_000], wish: (rules) => ({ rules }) },
  { what: 'apps', sizes: [1, 100, 1_000], wish: (apps) => ({ apps: apps - 1 }) },
];

const load = new Load();
const upstream = await startUpstream();
const folder = mkdtempSync(join(tmpdir(), 'sallyport-growth-'));
const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** A first start puts every account on record and seals it; what that costs is not the cost of a request. */
async function idle(side: Installation): Promise<void> {
  for (let second = 0; second < 900; second += 1) {
    const before = processorMs(side);
    await pause(1_000);
    if (processorMs(side) - before < 50) return;
  }
  throw new Error(`${side.name}: still at work after a quarter of an hour`);
}

/** Requests of the sessions that ask; all have been in memory once. */
async function ready(side: Installation): Promise<string[]> {
  const all = side.cookies.map((cookie) => request('/100', cookie));
  await answering(side.port, all[0] ?? '', load);
  await idle(side);
  await load.rate({ port: side.port, requests: all, connections: 64, ms: 120_000, count: all.length });
  const some = all.slice(0, ACTIVE);
  await load.rate({ port: side.port, requests: some, connections: 64, ms: 20_000, count: some.length });
  return some;
}

async function grown({ what, sizes, wish }: Kind): Promise<string[][]> {
  const sides: Installation[] = [];
  try {
    for (const size of quick ? sizes.slice(0, -1) : sizes) {
      const side = { upstreamPort: upstream.port, sessions: 1_000, ...wish(size) };
      sides.push(await startSallyport(`${whole(size)} ${what}`, folder, side));
    }
    const contestants = [];
    for (const side of sides) contestants.push({ ...side, requests: await ready(side) });
    const measured = await compare(load, plan, contestants, 100);
    const first = measured[0]?.micros ?? Number.NaN;
    return measured.map(({ name, micros }) => [name, `${micros.toFixed(1)} µs`, (micros / first).toFixed(2)]);
  } finally {
    await stop(...sides.map((side) => side.process));
  }
}

try {
  const rows = [['cost of a request', 'CPU', '×']];
  for (const kind of KINDS) {
    process.stderr.write(`${kind.what} ...\n`);
    rows.push(...(await grown(kind)));
  }
  say(table(rows));
} finally {
  await stopAll();
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
