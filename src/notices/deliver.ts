import type { Config, MailConfig } from '../config/types.ts';
import { SallyportError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import { ENDED_FIRST } from '../store/invitations.ts';
import type { Seal } from '../store/seal.ts';
import type { NoticeRow, Store } from '../store/types.ts';
import { INVITATION, invitationText, languageFor, linkFor, ticketOf, type Unsendable } from './invitation.ts';
import { type Message, NotSent, type Patience, send } from './send.ts';
import { isNoticeKind, noticeText, type TextConfig } from './text.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How often the queue is looked at. */
const EVERY_MS = 15 * SECOND;
/** From `wake()` to the look: the transaction that called it has ended by then. */
const SOON_MS = SECOND / 2;
/** Waiting time after each try; the last repeats. No try lasts as long as the shortest. */
const DELAYS_MS = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR] as const;
/** Age of a message at which no further try is made. */
const GIVE_UP_MS = 72 * HOUR;
const PATIENCE: Patience = { silenceMs: 10 * SECOND, totalMs: 45 * SECOND };
/** Time that `stop()` leaves to a message that is on its way. */
const GRACE_MS = 2 * SECOND;
const AT_ONCE = 20;

/** A message that nobody will receive. Its address is not in it. */
export interface GivenUp {
  readonly id: string;
  readonly accountId: string;
  readonly kind: string;
  readonly tries: number;
  readonly cause: string;
}

interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface DeliveryParts {
  readonly store: Pick<Store, 'notices' | 'invitations'>;
  /** Opens the links that messages bring. */
  readonly seal: Pick<Seal, 'open'>;
  readonly clock: Clock;
  /** The configuration in force, asked for at each look. */
  readonly config: () => TextConfig & Pick<Config, 'mail'>;
  /** Takes a message from the queue and puts it on record. Whether it was still there. */
  readonly giveUp: (message: GivenUp) => Promise<boolean>;
  /** Told of trouble with mail, by account id and cause. */
  readonly log: Log;
  /** Told of trouble with the store. */
  readonly failed: (error: unknown) => void;
  readonly patience?: Patience;
}

function detailOf(row: NoticeRow): Record<string, string> {
  const detail: unknown = JSON.parse(row.detail);
  return Object.fromEntries(
    Object.entries(detail ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** The ticket whose link a message brings; none for a row that cannot be read. */
function ticketIn(row: NoticeRow): string {
  try {
    return ticketOf(detailOf(row));
  } catch {
    return '';
  }
}

/**
 * Sends what is queued, on each node; of two that see one message, one claims it. A message is taken from the queue after
 * it was sent, so that it is sent at least once. Nothing here rejects: mail trouble holds up nobody.
 */
export class Delivery {
  readonly #parts: DeliveryParts;
  readonly #stop = new AbortController();
  #every: NodeJS.Timeout | undefined;
  #soon: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;
  #stopped = false;
  /** The cause that was logged last, until a message is sent: an outage is one line, not one for each try. */
  #trouble = '';

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#every ??= setInterval(() => void this.runOnce(), EVERY_MS).unref();
    this.wake();
  }

  /** Looks soon: something was queued. */
  wake(): void {
    if (this.#stopped || this.#soon !== undefined) return;
    this.#soon = setTimeout(() => {
      this.#soon = undefined;
      void this.runOnce();
    }, SOON_MS).unref();
  }

  /** Begins nothing further; the message on its way has two seconds, then stays queued. Resolves when all is at rest. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#every);
    clearTimeout(this.#soon);
    const cut = setTimeout(() => this.#stop.abort(), GRACE_MS);
    await this.#round;
    clearTimeout(cut);
  }

  /** One look at the queue; a second call while one lasts is the same look. Never rejects. */
  runOnce(): Promise<void> {
    this.#round ??= this.#look()
      .catch((error: unknown) => this.#parts.failed(error))
      .finally(() => {
        this.#round = undefined;
      });
    return this.#round;
  }

  async #look(): Promise<void> {
    const { store, clock, config } = this.#parts;
    for (let more = true; more; ) {
      if (this.#stopped) return;
      const { mail } = config();
      const rows = await store.notices.due(clock.now(), AT_ONCE);
      if (mail === null) return this.#forget(rows);
      for (const row of rows) {
        if (this.#stopped || !(await this.#handle(mail, row))) return;
      }
      more = rows.length === AT_ONCE;
    }
  }

  /** Mail was switched off: what is too old goes, the rest waits for it to be switched on. */
  async #forget(rows: readonly NoticeRow[]): Promise<void> {
    for (const row of rows) {
      if (this.#old(row)) await this.#giveUp(row, row.tries, 'mail is not configured');
    }
  }

  /** False when the server is in trouble, so that the others need not meet it too. */
  async #handle(mail: MailConfig, row: NoticeRow): Promise<boolean> {
    const { store, clock } = this.#parts;
    const wait = DELAYS_MS[Math.min(row.tries, DELAYS_MS.length - 1)] ?? GIVE_UP_MS;
    // Claimed before it is sent: of two processes one goes on, and one that dies here leaves it to be tried again.
    if (!(await store.notices.claim(row.id, row.tries, clock.now() + wait))) return true;
    try {
      const message = await this.#message(row);
      if (typeof message === 'string') return await this.#unsendable(row, message);
      await send(mail, message, this.#parts.patience ?? PATIENCE, this.#stop.signal);
    } catch (error) {
      if (error instanceof SallyportError) throw error;
      return this.#missed(row, error);
    }
    if (this.#trouble !== '') this.#parts.log.info({}, 'mail is sent again');
    this.#trouble = '';
    // The secret of a link goes as soon as nobody needs it here.
    if (row.kind === INVITATION) await this.#settle(row, 'sent', '');
    await store.notices.remove(row.id);
    return true;
  }

  /** What is sent; or why it is not, for an invitation. */
  async #message(row: NoticeRow): Promise<Message | Unsendable> {
    const { kind, id, recipient, createdAt } = row;
    const config = this.#parts.config();
    if (!isNoticeKind(kind, config.pages.language)) throw new NotSent('kind of message is unknown', true);
    const detail = detailOf(row);
    const language = languageFor(config.pages, detail);
    const link = kind === INVITATION ? await linkFor(this.#parts, ticketOf(detail), this.#parts.clock.now()) : null;
    if (typeof link === 'string') return link;
    const { subject, body } =
      link === null ? noticeText(config, { kind, detail, at: createdAt }) : invitationText(config, detail, link);
    const app = config.apps.find((each) => each.id === detail['app']) ?? config.apps[0];
    const host = app === undefined ? 'localhost' : new URL(app.origin).hostname;
    return { id, recipient, subject, body, language, date: new Date(this.#parts.clock.now()), host };
  }

  /** Nobody waits for it any more: only what should have been sent and was not stands on record. */
  async #unsendable(row: NoticeRow, why: Unsendable): Promise<boolean> {
    if (why === 'expired') await this.#giveUp(row, row.tries, ENDED_FIRST);
    else if (why === 'sealed') await this.#giveUp(row, row.tries, 'the link cannot be opened with this key');
    else {
      if (why === 'ended') await this.#settle(row, 'ended', '');
      await this.#parts.store.notices.remove(row.id);
    }
    return true;
  }

  async #settle(row: NoticeRow, state: 'sent' | 'failed' | 'ended', reason: string): Promise<void> {
    const { store, clock } = this.#parts;
    await store.invitations.settle(ticketIn(row), state, reason, clock.now());
  }

  async #missed(row: NoticeRow, error: unknown): Promise<boolean> {
    const { log } = this.#parts;
    const {
      message: cause,
      thisOne,
      forGood,
    } = error instanceof NotSent ? error : new NotSent('message cannot be written', true);
    const tries = row.tries + 1;
    // Whoever invited somebody is told at once that there is no such letter-box.
    if (this.#old(row) || (row.kind === INVITATION && forGood)) {
      await this.#giveUp(row, tries, cause);
      return thisOne;
    }
    if (this.#stop.signal.aborted) return false;
    if (row.kind === INVITATION)
      await this.#parts.store.invitations.missed(ticketIn(row), cause, this.#parts.clock.now());
    const about = { account: row.accountId, kind: row.kind, tries, cause };
    if (thisOne) log.warn(about, 'a message was not taken by the mail server; it is tried again');
    else if (this.#trouble !== cause) log.warn(about, 'mail cannot be sent; it is tried again');
    if (!thisOne) this.#trouble = cause;
    return thisOne;
  }

  #old(row: NoticeRow): boolean {
    return this.#parts.clock.now() - row.createdAt >= GIVE_UP_MS;
  }

  async #giveUp(row: NoticeRow, tries: number, cause: string): Promise<void> {
    const { giveUp, log } = this.#parts;
    const { id, accountId, kind } = row;
    if (kind === INVITATION) await this.#settle(row, 'failed', cause);
    if (await giveUp({ id, accountId, kind, tries, cause }))
      log.warn({ account: accountId, kind, tries, cause }, 'a message was given up');
  }
}
