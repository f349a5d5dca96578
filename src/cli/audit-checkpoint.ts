import type { Command } from 'commander';
import { renderUnicodeCompact } from 'uqr';
import { CommandRefused } from '../terminal/exit.ts';
import { json, type Output } from '../terminal/output.ts';
import { openCheckpoint } from '../tlog/checkpoint.ts';
import { formatVerifierKey } from '../tlog/key.ts';
import { sealRecord } from './audit-log.ts';
import { located, type Opened, type Where, withStore } from './context.ts';

interface Options extends Where {
  readonly short?: true;
  readonly json?: true;
}

/** Seals what there is, and keeps the head that is handed out. */
async function newest(opened: Opened) {
  const key = await sealRecord(opened);
  const { log } = opened.store;
  const { size, note } = await log.state();
  if (note === null) throw new CommandRefused('Nothing is on record yet.');
  await log.keepCheckpoint({ size, at: opened.clock.now(), note });
  const { root } = openCheckpoint(note, key);
  const cosignatures = (await log.cosignatures(size)).map(({ line }) => line);
  return { key: formatVerifierKey(key), size, root: root.toString('hex'), note, cosignatures };
}

async function checkpoint(options: Options, output: Output): Promise<void> {
  const { key, size, root, note, cosignatures } = await withStore(options, newest);
  const whole = note + cosignatures.map((line) => `${line.trimEnd()}\n`).join('');
  if (options.json === true) return json(output, { key, size, root, note: whole });
  if (options.short !== true) {
    output.note(`Verifier key of this log: ${key}`);
    // As it is: a line more would be another note.
    return output.line(whole.trimEnd());
  }
  output.line(root);
  output.line(
    `${size} entries. Write both down, away from this machine; "audit verify --written ${size}:…" holds the record against it.`,
  );
  output.line(renderUnicodeCompact(`${size}:${root}`, { border: 2 }));
}

export function checkpointCommand(audit: Command, output: Output): void {
  located(
    audit
      .command('checkpoint')
      .description('the newest signed head of the record: keep it where nobody here can change it'),
  )
    .option('--short', '64 characters to write down, with a QR code, instead of the signed note')
    .option('--json', 'JSON instead of text')
    .action((options: Options) => checkpoint(options, output));
}
