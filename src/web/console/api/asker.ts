import { SourceRate } from '../../../accounts/source-rate.ts';
import { SallyportError } from '../../../errors.ts';
import { sha256 } from '../../../lib/bytes.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { Random } from '../../../lib/random.ts';
import { TOKEN_PREFIX } from '../../../manage/tokens.ts';
import type { HeaderFields } from '../../../request/fields.ts';
import type { Seal } from '../../../store/seal.ts';
import type { Store, TokenRow } from '../../../store/types.ts';
import type { ApiContext } from './table.ts';

/** Who asks, once that is known. */
export interface ApiAsker {
  /** What is counted and kept for them: `token:` or `account:` and the id. */
  readonly holder: string;
  readonly manage: ApiContext;
  /** By the session of a browser, which other sites might use: a change needs our own origin. */
  readonly browser: boolean;
  /** Whether what allowed it has ended since: what was found out meanwhile is not told. */
  readonly over: () => boolean;
}

/** What is needed to know a token. */
export interface TokenParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly seal: Seal;
}

const LONGEST = 128;
const MINUTE = 60_000;
const MOST_KNOWN = 10_000;

/** Tokens of programs: known by their hash, and wrong ones held off by where they come from. */
export class Tokens {
  readonly #parts: TokenParts;
  /** Of tokens that were good of late, by their hash: when their use was written down. They are not held off with wrong ones. */
  readonly #known = new Map<string, number>();
  readonly #strangers = new SourceRate(60, MINUTE, { anybody: 2000, newcomers: 3000, known: 3000 });

  constructor(parts: TokenParts) {
    this.#parts = parts;
  }

  /**
   * Whose token it is. Whatever was sent, it is hashed and looked for in the same way. Throws `sign-in-required`, and
   * `too-many-attempts` for a source of wrong ones.
   */
  async asker(headers: HeaderFields, source: string, config: ApiContext['config']): Promise<ApiAsker> {
    const { store, clock, random, seal } = this.#parts;
    const hash = sha256(presented(headers));
    const at = clock.monotonic();
    if (!this.#known.has(hash)) holdOff(this.#strangers.look(source, at));
    const row = await store.tokens.byHash(hash);
    const now = clock.now();
    if (row === undefined || row.revokedAt !== null || row.expiresAt <= now) {
      this.#known.delete(hash);
      holdOff(this.#strangers.take(source, at));
      throw new SallyportError('sign-in-required', 'a token that is not known, or over');
    }
    await this.#used(row, now);
    const actor = `token:${row.id}`;
    const authority = { kind: 'token', tokenId: row.id } as const;
    return {
      holder: actor,
      browser: false,
      over: () => false,
      manage: { store, clock, random, seal, config, actor, authority },
    };
  }

  /** Written once a minute at the most, so that a busy token is no flood of writes. */
  async #used({ id, hash, lastUsedAt }: TokenRow, now: number): Promise<void> {
    const written = this.#known.get(hash) ?? lastUsedAt ?? 0;
    const due = now - written >= MINUTE;
    this.#known.delete(hash);
    this.#known.set(hash, due ? now : written);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST_KNOWN && oldest !== undefined) this.#known.delete(oldest);
    if (due) await this.#parts.store.tokens.touch(id, now);
  }
}

function holdOff(waitMs: number): void {
  if (waitMs > 0)
    throw new SallyportError('too-many-attempts', 'wrong tokens', { retryAfter: Math.ceil(waitMs / 1000) });
}

/** What stands behind `Bearer`, not at any length; of any other form it is no token of ours. */
function presented(headers: HeaderFields): string {
  const line = headers.only('authorization') ?? '';
  return line.length > LONGEST ? '' : (/^bearer +([\w-]+)$/i.exec(line)?.[1] ?? '');
}

/** Whether a token of ours stands where it gets into logs, histories and the hands of others. */
export function holdsToken(text: string): boolean {
  return text.includes(TOKEN_PREFIX);
}
