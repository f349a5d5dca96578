import { closeSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'yaml';
import { parsePreset } from '../../config/preset/load.ts';
import { presetSchema } from '../../config/preset/schema.ts';
import { folderFault } from '../../lib/files.ts';
import { CommandRefused } from '../../terminal/exit.ts';
import type { Draft } from './draft.ts';

/** Characters of the shortest password that is no ordinary word; one that is stands in many names. */
const TELLING = 8;

const WHY: Readonly<Record<string, string>> = {
  tested: 'versions that it was tried with, such as ["Portal 4.2"]: yours to fill in',
  entry: 'where people who must sign in are sent',
  longest_line: 'the server cuts longer lines of a head: they are refused',
  anon: 'what may be seen before anybody has signed in; only with order: login-first',
  login: 'the requests that sign in',
  whoami: 'how the app itself is asked who is signed in',
  assurance: 'the app cannot be asked who is signed in: the form alone binds the account',
  account: 'how the app folds names',
  session: 'cookies that are the session of the app',
  guard: 'fields may stand nowhere but in the sign-in, sets not together; take out what other forms of the app need',
  doors: 'other addresses that answered and may take the same password; always refused',
  rewrite: 'how the app calls itself',
};

/** The preset as a file, each part with a word on what it is. */
export function draftText(draft: Draft, upstream: string): string {
  const parts = Object.entries(draft).map(([name, value]) => {
    const text = stringify({ [name]: value }, { lineWidth: 120, defaultStringType: 'PLAIN' }).trimEnd();
    const why = WHY[name];
    return why === undefined ? text : `# ${why}\n${text}`;
  });
  return `# Recorded from ${upstream}. Read it before you use it.\n${parts.join('\n')}\n`;
}

/**
 * The preset as a file that reads as that very preset, whatever the app calls its parts. Throws CommandRefused where it would not, or
 * where a password stands in it.
 */
export function checkedText(draft: Draft, upstream: string, passwords: readonly string[]): string {
  const text = draftText(draft, upstream);
  const read = parsePreset(`${draft.id}.yml`, text);
  const meant = presetSchema.safeParse(draft);
  if ('faults' in read || !isDeepStrictEqual(read.preset, meant.data))
    throw new CommandRefused(
      'What was recorded does not read as it was written: the app has names that no preset file can hold. Nothing was written.',
    );
  // Doors are ours, and the addresses of the app the operator's.
  const { doors: _ours, rewrite: _theirs, ...recorded } = draft;
  const all = JSON.stringify(recorded);
  if (passwords.some((password) => password.length >= TELLING && all.includes(JSON.stringify(password).slice(1, -1))))
    throw new CommandRefused(
      'The app repeats a password where the preset would hold it. Nothing was written: use a test account with another password.',
    );
  return text;
}

/** Writes a new file; one that is there is never overwritten. */
export function writeNew(file: string, text: string): void {
  let handle: number;
  try {
    handle = openSync(file, 'wx', 0o644);
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    if (exists) throw new CommandRefused(`${file} is there already: name another with --out.`);
    throw new CommandRefused(folderFault('The folder', dirname(file), error));
  }
  try {
    writeSync(handle, text);
  } finally {
    closeSync(handle);
  }
}
