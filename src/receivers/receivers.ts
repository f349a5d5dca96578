import { logVerifier } from '../audit/log-key.ts';
import type { ReceiverConfig } from '../config/record-types.ts';
import type { Config } from '../config/types.ts';
import type { Random } from '../lib/random.ts';
import { randomToken } from '../lib/random.ts';
import { HeadKeeper } from './heads/keeper.ts';
import { mailbox } from './heads/mail.ts';
import { lines } from './places/file.ts';
import { placeOf } from './places/place.ts';
import { Sender, type SenderParts } from './sender.ts';
import type { Place } from './types.ts';
import { witness } from './witness/place.ts';

export interface ReceiversParts extends Omit<SenderParts, 'config' | 'place' | 'node' | 'chance' | 'origin'> {
  readonly random: Random;
  /** The configuration in force, asked each time. */
  readonly live: () => Pick<Config, 'record' | 'mail' | 'pages' | 'apps'>;
}

/** A receiver as it is to be, and how its place is made. `key`: another when anything of it is another. */
interface Wanted {
  readonly key: string;
  readonly config: Pick<ReceiverConfig, 'name' | 'what' | 'format' | 'checkpoints'>;
  readonly make: () => Place;
}

/** Of heads alone. Their names have a blank, which none of the operator's choice has. */
export const HEADS_FILE = 'checkpoint file';
export const mailName = (recipient: string) => `checkpoint mail ${recipient}`;
export const witnessName = (key: string) => `witness ${key.slice(0, key.indexOf('+'))}`;

const headsOnly = (name: string) => ({ name, what: [], format: 'json', checkpoints: true }) as const;

/** Everybody who is sent something of the record. */
export function wantedOf({ record }: Pick<Config, 'record'>, parts: Omit<ReceiversParts, 'random'>): Wanted[] {
  const { clock, live, store } = parts;
  const { receivers, checkpoints, witnesses } = record;
  const { file } = checkpoints;
  return [
    ...receivers.map((config) => ({
      key: JSON.stringify(config),
      config,
      make: () => placeOf(config.place, clock),
    })),
    ...(file === null ? [] : [{ key: file, config: headsOnly(HEADS_FILE), make: () => lines(file) }]),
    ...checkpoints.mail.map((recipient) => ({
      key: recipient,
      config: headsOnly(mailName(recipient)),
      make: () => mailbox(recipient, live, clock),
    })),
    ...witnesses.map((each) => ({
      key: JSON.stringify(each),
      config: headsOnly(witnessName(each.key)),
      make: () => witness(each, store.log),
    })),
  ];
}

/** Origin of the log, which has the name of its key; null before it has one. */
export async function originOf({ log }: ReceiversParts['store']): Promise<string | null> {
  const [key] = await log.keys();
  return key === undefined ? null : logVerifier(key).name;
}

/** All senders of this node: one for each receiver of the configuration in force, and who keeps the heads that they send. */
export class Receivers {
  readonly #parts: ReceiversParts;
  /** Of this start of this node. */
  readonly #node: string;
  readonly #keeper: HeadKeeper;
  readonly #running = new Map<string, { readonly key: string; readonly sender: Sender }>();
  #change: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(parts: ReceiversParts) {
    this.#parts = parts;
    this.#node = randomToken(parts.random, 12);
    const { store, clock, failed, live } = parts;
    this.#keeper = new HeadKeeper({ store, clock, failed, everyMs: () => live().record.checkpoints.everyMs });
  }

  start(): void {
    this.#keeper.start();
    this.reload();
  }

  /** Puts the configuration in force: who is not in it any more is sent nothing further. Returns at once. */
  reload(): void {
    this.#change = this.#change.then(() => this.#apply()).catch(this.#parts.failed);
  }

  /** What is on its way is given up, and sent again by whoever comes next. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#keeper.stop();
    await this.#change;
    await Promise.all([...this.#running.values()].map(({ sender }) => sender.stop()));
  }

  async #apply(): Promise<void> {
    if (this.#stopped) return;
    const wanted = new Map(wantedOf(this.#parts.live(), this.#parts).map((each) => [each.config.name, each]));
    for (const [name, { key, sender }] of this.#running) {
      if (wanted.get(name)?.key === key) continue;
      this.#running.delete(name);
      await sender.stop();
    }
    for (const [name, each] of wanted) if (!this.#running.has(name)) this.#begin(each);
  }

  #begin({ key, config, make }: Wanted): void {
    const { store, clock, shared, note, log, failed } = this.#parts;
    const origin = () => originOf(store);
    const about = { store, clock, shared, note, log, failed, origin, node: this.#node, chance: Math.random };
    const sender = new Sender({ ...about, config, place: make() });
    this.#running.set(config.name, { key, sender });
    sender.start();
  }
}
