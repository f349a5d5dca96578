import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { aimsOf, aimsTable, belowClaims } from './aims.ts';
import { bound } from './bound.ts';
import { half } from './half.ts';
import { memory } from './memory.ts';
import { hasNginx } from './nginx.ts';
import {
  boundTable,
  halfTable,
  memoryTable,
  type Results,
  scalingTable,
  throughputTable,
  upgradesTable,
} from './report.ts';
import { Load, PINNED, startUpstream, stopAll } from './rig.ts';
import { scaling } from './scaling.ts';
import { throughput } from './throughput.ts';
import { upgrades } from './upgrades.ts';

/** `npm run bench` measures everything (about 7 minutes); `-- --quick` a shorter round of it (about 2 minutes). */
const quick = process.argv.includes('--quick');
const plan = quick
  ? { rounds: 3, ms: 500, warmUp: 15_000, warmUpMs: 2_000 }
  : { rounds: 7, ms: 1000, warmUp: 60_000, warmUpMs: 8_000 };
const sessions = quick ? 10_000 : 100_000;
const bytes = quick ? 5e8 : 2e9;
// Beyond two half lives of an assertion, so that the tokens of sessions that ask no more are gone.
const settleMs = quick ? 2_000 : 65_000;

const artifacts = fileURLToPath(new URL('../.artifacts/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'));
const started = performance.now();
const say = (text = ''): void => void process.stdout.write(`${text}\n`);

async function measure(): Promise<Results> {
  const upstream = await startUpstream();
  const load = new Load();
  say(throughputHead());
  const rates = await throughput(load, folder, upstream, plan);
  say(`${throughputTable(rates)}\n`);
  const waits = await half(load, folder, upstream, { plan, rates });
  say(`${halfTable(waits)}\n`);
  const used = await memory(load, folder, upstream, { sessions, bytes, settleMs });
  say(`${memoryTable(used)}\n`);
  const scaled = await scaling(load, folder, upstream, { ...plan, rounds: quick ? 3 : 5 }, { sessions, rules: 1000 });
  say(`${scalingTable(scaled)}\n`);
  const logins = await bound(load, folder, plan);
  say(`${boundTable(logins)}\n`);
  const open = await upgrades(load, folder, upstream, { ...plan, idle: quick ? 1_000 : 5_000 });
  say(`${upgradesTable(open)}\n`);
  return { bound: logins, throughput: rates, half: waits, memory: used, scaling: scaled, upgrades: open };
}

function throughputHead(): string {
  const pinned = PINNED
    ? 'servers on core 0, app and generator on core 1'
    : 'NOT pinned to cores (taskset is missing or there is one core): compare with care';
  const nginx = hasNginx() ? '' : '\nnginx is not installed: its rows are left out';
  return `Node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}, ${pinned}.
64 connections, access logs off unless told, medians of ${plan.rounds} interleaved rounds of ${plan.ms / 1000} s.${nginx}\n`;
}

/** One run; where it falls below what is claimed, once more, since a machine may have been busy. Which ratios stay below. */
async function judged(): Promise<{ readonly results: Results; readonly below: readonly string[] }> {
  const results = await measure();
  const aims = aimsOf(results);
  say(aimsTable(aims));
  const below = belowClaims(aims);
  if (below.length === 0) return { results, below };
  say(`\nBelow nine tenths of what is claimed, and so measured once more:\n  ${below.join('\n  ')}\n`);
  const again = await measure();
  const repeated = aimsOf(again);
  say(aimsTable(repeated));
  const still = belowClaims(repeated);
  return { results: again, below: below.filter((what) => still.includes(what)) };
}

try {
  const { results, below } = await judged();
  mkdirSync(artifacts, { recursive: true });
  writeFileSync(
    join(artifacts, 'bench.json'),
    `${JSON.stringify({ node: process.version, quick, pinned: PINNED, ...results }, null, 2)}\n`,
  );
  if (below.length > 0) {
    say(`\nTwice below nine tenths of what is claimed:\n  ${below.join('\n  ')}`);
    process.exitCode = 1;
  }
  say(`\nTook ${Math.round((performance.now() - started) / 1000)} s. Written to .artifacts/bench.json.`);
} finally {
  await stopAll();
  rmSync(folder, { recursive: true, force: true });
}
