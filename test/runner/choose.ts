import { globSync, readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** Seconds that each longer file took where `--weigh` was last asked for. */
export const WEIGHTS = fileURLToPath(new URL('weights.json', import.meta.url));

export interface Chosen {
  readonly names: readonly string[];
  /** Longest first, so that all lanes end together. */
  readonly files: readonly string[];
  readonly lanes: number;
  /** How long one file may take. */
  readonly limitMs: number;
  readonly weigh: boolean;
  /** Whether a file that failed beside others is run once more by itself. */
  readonly again: boolean;
}

/** What a file and all that it starts (a browser, nodes) may hold at a time. */
const LANE_BYTES = 1.5 * 1024 ** 3;
/** Past that, files wait for each other in the one database server. */
const MOST_LANES = 8;

/** Two files for each processor, as far as there is memory: files wait (for a browser, a time limit, a database) half of their time. */
function usualLanes(): number {
  const room = Math.floor(totalmem() / LANE_BYTES);
  return Math.max(1, Math.min(2 * availableParallelism(), room, MOST_LANES));
}

/** What the command line asks for. Throws on an option that is not there. */
export function choose(argv: readonly string[]): Chosen {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      apps: { type: 'boolean', default: false },
      root: { type: 'string', default: 'test' },
      lanes: { type: 'string', default: String(usualLanes()) },
      limit: { type: 'string', default: '480' },
      weigh: { type: 'boolean', default: false },
      again: { type: 'boolean', default: false },
    },
  });
  for (const name of ['limit', 'lanes'] as const)
    if (!(Number(values[name]) >= 1)) throw new Error(`--${name} is a number of at least 1, not ${values[name]}`);
  const all = globSync(join(values.root, '**/*.test.ts')).filter(
    (file) => file.startsWith(join('test', 'apps') + sep) === values.apps,
  );
  const files = all.filter((file) => positionals.length === 0 || positionals.some((part) => file.includes(part)));
  // Products of the operating system are there once: their files run one after the other.
  const lanes = values.apps ? 1 : Number(values.lanes);
  const limitMs = Number(values.limit) * 1000;
  return { names: positionals, files: longestFirst(files), lanes, limitMs, weigh: values.weigh, again: values.again };
}

function longestFirst(files: readonly string[]): string[] {
  // A cast: `--weigh` wrote it.
  const weights = JSON.parse(readFileSync(WEIGHTS, 'utf8')) as Record<string, number>;
  const weight = (file: string) => weights[file] ?? 0;
  return [...files].sort((a, b) => weight(b) - weight(a) || (a < b ? -1 : 1));
}
