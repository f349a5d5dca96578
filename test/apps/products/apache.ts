import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer } from '../client.ts';

/** Whom one of the pages names. */
export function whoOf({ status, body }: Answer): string | null {
  return status === 200 ? (/<b id="who">([^<(]+)<\/b>/.exec(body)?.[1] ?? null) : null;
}

/** Whom the access log names with an answer that lets them in. */
export function apacheWitness(folder: string): string[] {
  const lines = readFileSync(join(folder, 'logs/access.log'), 'utf8').split('\n');
  return lines.flatMap((line) => /^([^- ]+) (?:2|3)\d\d /.exec(line)?.[1] ?? []);
}
