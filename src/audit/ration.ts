import type { Clock } from '../lib/clock.ts';
import { sourceKey } from '../lib/networks.ts';
import type { AuditStore } from '../store/types.ts';
import { type AuditEvent, record } from './audit.ts';

const HOUR = 3_600_000;
/** Entries of their own within an hour: for an account that exists, and for all that concerns none. */
const OF_ACCOUNT = 60;
const OF_NOBODY = 1_000;
/** What is told apart of the rest, until it is told. */
const KINDS_OF_REST = 64;

interface Rest {
  readonly event: AuditEvent;
  count: number;
  readonly first: number;
  last: number;
}

/** The cause, which is a word of ours; never anything that came from outside. */
const causeOf = (event: AuditEvent): string => String(event.detail?.['cause'] ?? '');

/** An event that tells of all the others. */
function told({ event, count, first, last }: Rest): AuditEvent {
  const moments = { first: new Date(first).toISOString(), last: new Date(last).toISOString() };
  return { ...event, detail: { cause: causeOf(event), count, ...moments } };
}

/**
 * How many refusals have an entry each. Whatever is sent, by however many: an account that exists has 60 an hour, and all
 * others together 1,000; the rest is counted by kind, cause, app, network and account, and told together.
 */
export class Ration {
  #hour = 0;
  #spent = new Map<string, number>();
  #rest = new Map<string, Rest>();

  /** Whether the event has an entry of its own; else it has been counted. */
  takes(event: AuditEvent, now: number): boolean {
    const hour = Math.floor(now / HOUR);
    if (hour !== this.#hour) {
      this.#hour = hour;
      this.#spent = new Map();
    }
    const account = event.accountId ?? '';
    const spent = this.#spent.get(account) ?? 0;
    if (spent < (account === '' ? OF_NOBODY : OF_ACCOUNT)) {
      this.#spent.set(account, spent + 1);
      return true;
    }
    this.#count(event, now);
    return false;
  }

  /** Counts what has no entry of its own, however seldom it is: by kind, cause and app, of which there are few. */
  counts(event: AuditEvent, now: number): void {
    this.#add([event.kind, causeOf(event), event.appId].join(' '), event, now);
  }

  #count(event: AuditEvent, now: number): void {
    const source = sourceKey(event.source ?? '').slice('source:'.length);
    const { kind, outcome } = event;
    const account = event.accountId ?? null;
    const key = [kind, outcome, causeOf(event), event.appId, source, account].join(' ');
    const known = this.#rest.get(key);
    if (known !== undefined || this.#rest.size < KINDS_OF_REST) {
      const about = { kind, outcome, actor: 'anonymous', accountId: account, appId: event.appId ?? null, source };
      this.#add(key, known?.event ?? { ...about, detail: { cause: causeOf(event) } }, now);
    } else
      this.#add('', { kind, outcome: 'refused', actor: 'anonymous', source: 'many', detail: { cause: 'many' } }, now);
  }

  #add(key: string, event: AuditEvent, now: number): void {
    const rest = this.#rest.get(key);
    if (rest === undefined) this.#rest.set(key, { event, count: 1, first: now, last: now });
    else {
      rest.count += 1;
      rest.last = now;
    }
  }

  /** What was counted since it was last asked, as events; at most 65, and one for each app. */
  drain(): AuditEvent[] {
    const rest = [...this.#rest.values()];
    this.#rest = new Map();
    return rest.map(told);
  }
}

const rations = new WeakMap<object, Ration>();

/** The ration of this process for a store. In memory: what was counted and not yet told is lost with the process. */
export function rationOf(store: object): Ration {
  const ration = rations.get(store) ?? new Ration();
  rations.set(store, ration);
  return ration;
}

/** The store that rations, the part of it that takes part in the caller's transaction, and the clock. */
export interface Refusing {
  readonly store: object;
  readonly audit: AuditStore;
  readonly clock: Clock;
}

/** As `record`, of what a stranger can cause as often as they like: in a flood it is counted and told later, together. */
export async function recordRefused({ store, audit, clock }: Refusing, event: AuditEvent): Promise<void> {
  if (rationOf(store).takes(event, clock.now())) await record(audit, clock, event);
}
