import { Command } from 'commander';
import { SallyportError } from '../errors.ts';
import { logKeyOf } from '../manage/log-key.ts';
import { testParcel } from '../receivers/items.ts';
import { placeOf } from '../receivers/places/place.ts';
import { originOf } from '../receivers/receivers.ts';
import { SEND_MS } from '../receivers/sender.ts';
import { NotTaken } from '../receivers/types.ts';
import { type ReceiverView, receiverViews } from '../receivers/view.ts';
import { witnessKey } from '../receivers/witness/key.ts';
import { CommandRefused } from '../terminal/exit.ts';
import { type Column, json, list, type Output, when } from '../terminal/output.ts';
import { formatVerifierKey } from '../tlog/key.ts';
import { located, type Opened, type Where, withStore } from './context.ts';

type Options = Where & { json?: true };

const COLUMNS: readonly Column<ReceiverView>[] = [
  { name: 'name', of: (row) => row.name },
  { name: 'kind', of: (row) => row.kind },
  { name: 'to', of: (row) => row.to },
  { name: 'position', of: (row) => row.position },
  { name: 'waiting', of: (row) => row.waiting },
  { name: 'last taken', of: (row) => when(row.sentAt) },
  { name: 'trouble since', of: (row) => when(row.trouble?.since ?? null) },
  { name: 'cause', of: (row) => row.trouble?.cause ?? null },
  { name: 'tries', of: (row) => row.trouble?.tries ?? null, shown: null },
];

/** Sends one message that is no entry. Throws CommandRefused when it is not taken. */
async function tried({ config, store, clock }: Opened, name: string): Promise<string> {
  const receiver = config.record.receivers.find((each) => each.name === name);
  if (receiver === undefined) throw new SallyportError('not-found', `There is no receiver ${name}.`);
  const place = placeOf(receiver.place, clock);
  try {
    const log = (await originOf(store)) ?? 'sallyport.record';
    const parcel = testParcel(log, clock.now());
    await place.send(parcel, AbortSignal.timeout(SEND_MS));
    return parcel.id;
  } catch (error) {
    if (!(error instanceof NotTaken)) throw error;
    throw new CommandRefused(
      `The receiver ${name} did not take the test: ${error.message}. Mend it, or its block in record.receivers.`,
    );
  } finally {
    place.close();
  }
}

export function receiverCommands(output: Output): Command {
  const receiver = new Command('receiver').description('where the record goes: receivers, mailboxes and witnesses');
  located(receiver.command('list').description('each with its position, what waits for it, and its last error'))
    .option('--json', 'JSON instead of a table')
    .action(async (options: Options) => {
      const rows = await withStore(options, ({ store, config }) => receiverViews(store.log, config));
      const empty = 'The record goes nowhere: record in the configuration says where it does.';
      list(output, options.json === true, { columns: COLUMNS, rows, empty });
    });
  located(receiver.command('test <name>').description('sends one message of type record.test; no entry, no position'))
    .option('--json', 'JSON instead of text')
    .action(async (name: string, options: Options) => {
      const id = await withStore(options, (opened) => tried(opened, name), 'receiver list');
      if (options.json === true) json(output, { receiver: name, id, taken: true });
      else output.line(`The receiver ${name} took the test ${id}.`);
    });
  located(receiver.command('keys').description('the verifier keys of the record, and of this server as a witness'))
    .option('--json', 'JSON instead of text')
    .action(async (options: Options) => {
      const log = await withStore(options, (opened) => logKeyOf(opened));
      const keys = { log: formatVerifierKey(log), witness: formatVerifierKey(witnessKey(log)) };
      if (options.json === true) return json(output, keys);
      output.line(`record   ${keys.log}`);
      output.line(`witness  ${keys.witness}`);
      output.note(
        'Who cosigns for us names the first in record.witness_for; whom we cosign for, the second in record.witnesses.',
      );
    });
  return receiver;
}
