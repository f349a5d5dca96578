import { Linked, type Place } from '../lib/linked.ts';

/** A request, a stream or a socket that is open: how it is cut, and what was judged when it was opened. */
interface Open {
  readonly close: () => void;
  readonly about: unknown;
}

/** How to unregister what was registered; again does nothing. */
export type Opening = Pick<Place<Open>, 'leave'>;

/** Requests, streams and sockets that are open. */
export class Openings {
  readonly #open = new Linked<Open>();

  get size(): number {
    return this.#open.size;
  }

  /** Registers one. `about` null: it stands while its holder does. */
  onEnd(close: () => void, about: unknown): Opening {
    return this.#open.add({ close, about });
  }

  /** Cuts each that does not stand any more; returns how many. */
  rejudge(stands: (about: unknown) => boolean): number {
    let cut = 0;
    this.#open.forEach(({ close, about }, place) => {
      if (about === null || stands(about)) return;
      place.leave();
      close();
      cut += 1;
    });
    return cut;
  }

  /** Cuts all. */
  end(): void {
    this.#open.forEach(({ close }, place) => {
      place.leave();
      close();
    });
  }

  /** What is open becomes another holder's; who registered it need not know. */
  moveTo(next: Openings): void {
    this.#open.moveTo(next.#open);
  }
}
