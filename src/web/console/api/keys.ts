import { SallyportError } from '../../../errors.ts';
import { sha256 } from '../../../lib/bytes.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { Alongside } from '../../../operations/types.ts';
import type { HeaderFields } from '../../../request/fields.ts';
import { ANSWERS_KEPT_MS, MAX_ANSWERS } from '../../../store/purge.ts';
import type { Seal } from '../../../store/seal.ts';
import type { AnswerRow, Store } from '../../../store/types.ts';
import { ApiRefusal } from './refusals.ts';

const KEY = /^[\x21-\x7e]{1,128}$/;
/** Characters of the longest answer that is kept. */
const LONGEST_KEPT = 1_048_576;
/** So many are kept before those that are too many go; other nodes count for themselves. */
const TRIM_EVERY = 100;

/** The key of a request that may be sent once more; null without. Throws `bad-request`. */
export function keyOf(headers: HeaderFields): string | null {
  if (!headers.has('idempotency-key')) return null;
  const key = headers.only('idempotency-key') ?? '';
  if (KEY.test(key)) return key;
  const shown = 'Idempotency-Key is 1 to 128 printing ASCII characters without blanks.';
  throw new SallyportError('bad-request', shown, { shown });
}

export interface KeyParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly seal: Seal;
}

/** A request with a key: whose, and what it asks for. */
export interface Keyed {
  readonly holder: string;
  readonly key: string;
  /** Of the operation and its input, the same text for the same. */
  readonly asked: string;
}

/** What was done, now or at the first time. */
export interface Once {
  readonly value: unknown;
  readonly again: boolean;
}

/**
 * Does once what is asked several times under one key. The answer is kept in the transaction of the act (docs/decisions/0045): both
 * are there, or neither.
 */
export class Keys {
  readonly #parts: KeyParts;
  readonly #underWay = new Set<string>();
  #kept = 0;

  constructor(parts: KeyParts) {
    this.#parts = parts;
  }

  /** Throws `key-reused`, `key-under-way`, and what the act throws; then nothing is kept, and the key is free. */
  async once({ holder, key, asked }: Keyed, act: (alongside: Alongside) => Promise<unknown>): Promise<Once> {
    const id = sha256(JSON.stringify([holder, key]));
    if (this.#underWay.has(id)) throw new ApiRefusal('key-under-way');
    this.#underWay.add(id);
    try {
      const fingerprint = sha256(asked);
      const before = await this.#before(id, fingerprint);
      return before ?? (await this.#first({ id, fingerprint }, act));
    } finally {
      this.#underWay.delete(id);
    }
  }

  async #before(id: string, fingerprint: string): Promise<Once | undefined> {
    const { store, clock, seal } = this.#parts;
    const row = await store.answers.byId(id);
    if (row === undefined) return undefined;
    const since = clock.now() - ANSWERS_KEPT_MS;
    if (row.createdAt < since) {
      await store.answers.removeBefore(id, since);
      return undefined;
    }
    if (row.fingerprint !== fingerprint) throw new ApiRefusal('key-reused');
    // Written by `#first`, from what the act had answered.
    return { value: JSON.parse(seal.open(row.answer, placeOf(id))) as unknown, again: true };
  }

  async #first(
    { id, fingerprint }: Pick<AnswerRow, 'id' | 'fingerprint'>,
    act: (alongside: Alongside) => Promise<unknown>,
  ): Promise<Once> {
    const { store, clock, seal } = this.#parts;
    const after: Alongside['after'] = async (tx, value) => {
      const text = JSON.stringify(value ?? null);
      if (text.length > LONGEST_KEPT)
        throw new SallyportError('usage', 'the answer is longer than is kept for an Idempotency-Key: ask without one');
      await tx.answers.insert({ id, fingerprint, answer: seal.seal(text, placeOf(id)), createdAt: clock.now() });
    };
    try {
      const value = await act({ after });
      this.#kept += 1;
      if (this.#kept % TRIM_EVERY === 0) await store.answers.trim(MAX_ANSWERS);
      return { value, again: false };
    } catch (error) {
      // Another node has done it meanwhile, and what was done here is undone.
      const before = error instanceof SallyportError && error.code === 'conflict';
      const kept = before ? await this.#before(id, fingerprint) : undefined;
      if (kept === undefined) throw error;
      return kept;
    }
  }
}

const placeOf = (row: string) => ({ table: 'answers', column: 'answer', row });
