import { appendFileSync, readFileSync } from 'node:fs';
import { type ResolveHookContext, registerHooks } from 'node:module';

/**
 * What a module's name stands for is found out once in a run, instead of once in each of the hundreds of processes that tests
 * start: half of the time that a process takes to load the product goes into asking the disk for some thousand names. Loaded
 * before anything else (`--import`) by each process of a run; each adds what it was the first to ask. Nothing is kept after the run,
 * so that a name never stands for what it stood for yesterday; what a name stands for changes for nobody within one.
 */

/** Names the file that processes of a run share: a line of JSON for each time that one of them found something out. */
export const RESOLVED = 'SALLYPORT_TEST_RESOLVED';

/** By the asking module, and how it asks: URL and format of each name. */
type Known = Record<string, Record<string, readonly [url: string, format: string | null | undefined]>>;

/** Scripts and modules. All else (JSON, addons) is looked for as ever. */
const SOURCE = /^node:|^file:.*\.[cm]?[jt]s$/;

const shared = process.env[RESOLVED];
const known: Known = {};
let fresh: Known = {};

function learn(file: string): void {
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    // The last is empty, or has not been written to its end.
    if (!line.endsWith('}')) continue;
    // A cast: this module wrote it.
    for (const [parent, names] of Object.entries(JSON.parse(line) as Known))
      known[parent] = Object.assign(known[parent] ?? {}, names);
  }
}

function tell(file: string): void {
  if (Object.keys(fresh).length === 0) return;
  appendFileSync(file, `${JSON.stringify(fresh)}\n`);
  fresh = {};
}

/** Whether others will ask the same: a test file asks once, and what is built in is not looked for. */
function isShared(specifier: string, { parentURL = '', importAttributes = {} }: ResolveHookContext): boolean {
  if (Object.keys(importAttributes).length > 0 || /^data:/.test(specifier)) return false;
  return parentURL.startsWith('file:') && !parentURL.endsWith('.test.ts');
}

function follow(file: string): void {
  learn(file);
  registerHooks({
    resolve(specifier, context, next) {
      if (!isShared(specifier, context)) return next(specifier, context);
      const asker = `${context.conditions.includes('import') ? 'import' : 'require'} ${context.parentURL}`;
      const found = known[asker]?.[specifier];
      // No format is no word on it, and is none of `null`, which other hooks refuse.
      if (found !== undefined) return { url: found[0], format: found[1] ?? undefined, shortCircuit: true };
      const resolved = next(specifier, context);
      if (SOURCE.test(resolved.url)) {
        if (Object.keys(fresh).length === 0) setImmediate(tell, file);
        fresh[asker] = { ...fresh[asker], [specifier]: [resolved.url, resolved.format] };
      }
      return resolved;
    },
  });
  process.once('exit', () => tell(file));
}

if (shared !== undefined) follow(shared);
