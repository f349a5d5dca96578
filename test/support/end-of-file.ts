import { after } from 'node:test';
import { IN_PLACE } from '../runner/order.ts';

/** What is to be done once the last test of a file is over, first come, first done. */
let waiting: (() => Promise<unknown>)[] = [];

export function atEndOfFile(close: () => Promise<unknown>): void {
  waiting.push(close);
}

/** Does it. The runner calls this after each file, since there several share a process. */
export async function endOfFile(): Promise<void> {
  const all = waiting;
  waiting = [];
  for (const close of all) await close();
}

if (process.env[IN_PLACE] === undefined) after(endOfFile);
