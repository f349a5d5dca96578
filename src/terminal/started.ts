import { realpathSync } from 'node:fs';
import { basename, delimiter, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ConfigFault } from '../config/types.ts';

/** How this process was started, as far as a command line that works alike can be told from it. */
export interface Started {
  /** Path of the program, `process.argv[1]`. */
  readonly script: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const PROGRAM = fileURLToPath(new URL('../sallyport.mjs', import.meta.url));

function isOurs(path: string): boolean {
  try {
    return realpathSync(path) === realpathSync(PROGRAM);
  } catch {
    return false;
  }
}

function onPath({ PATH }: Started['env']): boolean {
  // More folders than this no shell of a person has.
  const folders = (PATH ?? '').split(delimiter, 200);
  return folders.some((folder) => folder !== '' && isOurs(join(folder, 'sallyport')));
}

/** A word of a command line for a shell. */
export function quoted(argument: string): string {
  return /^[\w@%+=:,./~-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * What comes before the words of a command, so that it works where this process was started: `npm run sallyport --` in a
 * checkout, `sallyport` where it is on the PATH (a package, the container image), `npx sallyport`, or `node PATH`.
 */
export function programOf(started: Started): string {
  const { script, cwd, env } = started;
  if (!isOurs(script)) return 'sallyport';
  if (env['npm_lifecycle_event'] === 'sallyport' || env['npm_lifecycle_event'] === 'start')
    return 'npm run sallyport --';
  if (onPath(env) && env['npm_command'] !== 'exec') return 'sallyport';
  if (basename(script) === 'sallyport') return 'npx sallyport';
  const near = relative(cwd, script);
  return `node ${quoted(near.startsWith('..') ? script : near)}`;
}

let known: string | undefined;

/** The same of this process. */
export function program(): string {
  known ??= programOf({ script: process.argv[1] ?? '', cwd: process.cwd(), env: process.env });
  return known;
}

/** A command in a sentence; a test looks for every one that there is. */
export const NAMED =
  /(?<!npx )\bsallyport (?=(?:serve|check|explain|doctor|canary|coverage|evidence|origin|receiver|reconcile|preset|account|authenticator|ticket|session|key|organisation|role|token|lock-down|audit|migrate)\b)/g;

/** Sentences of rooms that do not know how they were started name commands as `sallyport WORD`: here they become what works. */
export function asStarted(message: string): string {
  return message.replace(NAMED, () => `${program()} `);
}

/** A fault of the configuration in one line: where it is, and what helps, by commands as this process was started. */
export function describeFault(fault: ConfigFault): string {
  const place = fault.line > 0 ? `line ${fault.line}: ` : '';
  return `${place}${fault.path === '' ? '' : `${fault.path}: `}${asStarted(fault.message)}`;
}
