import { type KeptHead, MAX_HEADS, readHeads } from '../audit/heads.ts';
import { logVerifier } from '../audit/log-key.ts';
import { Sealer } from '../audit/sealer.ts';
import { SallyportError } from '../errors.ts';
import { FileUnread, readText } from '../lib/files.ts';
import { logKeyOf } from '../manage/log-key.ts';
import { CommandMisused, CommandRefused } from '../terminal/exit.ts';
import { LogFault } from '../tlog/fault.ts';
import { parseVerifierKey, type VerifierKey } from '../tlog/key.ts';
import type { Opened } from './context.ts';

/** Gives everything that is on record its place: what commands write waits for a server, or for this. The key signs the head. */
export async function sealRecord({ config, store, seal, clock, random }: Opened): Promise<VerifierKey> {
  const key = await logKeyOf({ store, seal, clock, random });
  const ordered = config.store.kind === 'sqlite';
  await new Sealer({ store, clock, key: async () => key, ordered }).turn();
  return key;
}

/** The same where the record may have been altered: why nothing can be sealed, and the key that it says that it has. */
export async function trySealing(
  opened: Opened,
): Promise<{ readonly key: VerifierKey | null; readonly why: string | null }> {
  try {
    return { key: await sealRecord(opened), why: null };
  } catch (error) {
    if (!(error instanceof SallyportError || error instanceof LogFault)) throw error;
    return { key: await recordedKey(opened), why: error.message };
  }
}

async function recordedKey({ store }: Opened): Promise<VerifierKey | null> {
  try {
    const [row] = await store.log.keys();
    return row === undefined ? null : logVerifier(row);
  } catch {
    return null;
  }
}

/** The option `--key`. */
export function keyOption(text: string | undefined): VerifierKey | null {
  if (text === undefined) return null;
  try {
    return parseVerifierKey(text.trim());
  } catch (error) {
    if (error instanceof LogFault)
      throw new CommandMisused(`--key: ${error.message} "sallyport audit checkpoint" prints it.`);
    throw error;
  }
}

const WRITTEN = /^([0-9]{1,16}):([0-9a-f]{64})$/;

/** The options `--checkpoint FILE` and `--written SIZE:ROOT`: heads that the reader has kept. */
export function keptOptions({ checkpoint, written }: { checkpoint?: string; written?: string }): KeptHead[] {
  const kept: KeptHead[] = checkpoint === undefined ? [] : headsOf(checkpoint);
  if (written === undefined) return kept;
  const [, size, root] = WRITTEN.exec(written.trim().toLowerCase().replaceAll(' ', '')) ?? [];
  if (size === undefined || root === undefined)
    throw new CommandMisused('--written is the size of the log, a colon, and the 64 characters of its root.');
  return [...kept, { size: Number(size), root: Buffer.from(root, 'hex') }];
}

function headsOf(file: string): string[] {
  try {
    return readHeads(readText(file, { most: MAX_HEADS }));
  } catch (error) {
    if (error instanceof FileUnread) throw new CommandRefused(error.message);
    if (error instanceof LogFault) throw new CommandRefused(`${file} holds no signed heads of a log: ${error.message}`);
    throw new CommandRefused(
      `${file} cannot be read: name a file of signed heads, as "sallyport audit checkpoint" prints them.`,
    );
  }
}
