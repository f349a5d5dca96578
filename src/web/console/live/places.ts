import { SallyportError } from '../../../errors.ts';

/** Streams that are open at once: of one session, of one account, and on one node. */
export const MOST = { session: 3, account: 6, node: 60 } as const;
/** When to ask again, seconds. */
const AGAIN_S = 30;

/** Who holds one. */
export interface Holder {
  readonly session: string;
  readonly account: string;
}

/** How many streams there are, and whose. */
export class StreamPlaces {
  readonly #held = new Set<Holder>();

  get size(): number {
    return this.#held.size;
  }

  /** Takes a place; answers how to give it back, any number of times. Throws `busy` where there is none. */
  take({ session, account }: Holder): () => void {
    const held = [...this.#held];
    const full =
      held.length >= MOST.node ||
      held.filter((each) => each.session === session).length >= MOST.session ||
      held.filter((each) => each.account === account).length >= MOST.account;
    if (full)
      throw new SallyportError('busy', 'as many streams of the record are open as may be', {
        retryAfter: AGAIN_S,
        shown: `New entries come in by themselves in at most ${MOST.session} pages of a session at once.`,
      });
    const place = { session, account };
    this.#held.add(place);
    return () => void this.#held.delete(place);
  }
}
