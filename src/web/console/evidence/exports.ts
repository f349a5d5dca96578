import type { Socket } from 'node:net';
import { asSallyportError, SallyportError } from '../../../errors.ts';
import type { ManageContext } from '../../../manage/context.ts';
import { type EvidencePlan, type EvidenceWish, planEvidence } from '../../../manage/evidence.ts';
import type { Pieces } from '../../pour.ts';
import { packApart, type StorePlace } from './apart.ts';
import { Download } from './download.ts';

/** Packs that are made at once on one node; of one asker one. */
const MOST_AT_ONCE = 2;
/** When to ask again, seconds. */
const AGAIN_S = 30;
/** The whole of a download, however slow its receiver is, ms. */
const LONGEST_MS = 60 * 60_000;

export interface ExportParts {
  readonly place: StorePlace;
  /** Told of a download that broke off by our fault. */
  readonly log: { error(fields: object, message: string): void };
}

/** Who wants a pack, of what. */
export interface Wanted {
  readonly manage: ManageContext;
  /** `token:` or `account:` and the id. */
  readonly holder: string;
  readonly wish: EvidenceWish;
  /** Where it goes: when that is gone, so is the work. */
  readonly socket: Socket;
  /** Whether what allowed it has ended since. */
  readonly over: () => boolean;
}

const full = () =>
  new SallyportError('busy', 'as many packs of evidence are being made as may be', {
    retryAfter: AGAIN_S,
    shown: `At most ${MOST_AT_ONCE} packs of evidence are made at once, and one for each asker.`,
  });

/** Packs of evidence that are being made and handed out. */
export class Exports {
  readonly #parts: ExportParts;
  readonly #make: typeof packApart;
  readonly #holders = new Set<string>();

  constructor(parts: ExportParts, make: typeof packApart = packApart) {
    this.#parts = parts;
    this.#make = make;
  }

  /**
   * Begins one; resolves when its first piece is there, so that whatever refuses it is told as a refusal. Throws what `planEvidence` and
   * the export throw, and `busy` where too many are being made.
   */
  async begin(wanted: Wanted): Promise<Pieces> {
    const plan = await planEvidence.ask(wanted.manage, wanted.wish);
    if (this.#holders.size >= MOST_AT_ONCE || this.#holders.has(wanted.holder)) throw full();
    this.#holders.add(wanted.holder);
    const download = this.#download(wanted, plan);
    await download.begin();
    return download;
  }

  #download({ manage, wish, holder, socket, over }: Wanted, plan: EvidencePlan): Download {
    const gone = new AbortController();
    const stop = () => gone.abort();
    const late = setTimeout(stop, LONGEST_MS).unref();
    socket.once('close', stop);
    const order = { place: this.#parts.place, plan, actor: manage.actor, now: manage.clock.now() };
    return new Download({
      pack: this.#make(order, gone.signal),
      stop,
      still: async () => {
        if (over()) throw new SallyportError('sign-in-required', 'ended meanwhile');
        await planEvidence.ask(manage, wish);
      },
      ended: (error) => {
        clearTimeout(late);
        socket.off('close', stop);
        this.#holders.delete(holder);
        this.#tell(error, gone.signal.aborted);
      },
    });
  }

  /** What nobody of ours is to blame for is no error: a receiver that went away, or may not have it any more. */
  #tell(error: unknown, stopped: boolean): void {
    if (error === null || stopped || asSallyportError(error).status < 500) return;
    this.#parts.log.error({ err: error, app: 'console' }, 'an export of evidence broke off');
  }
}
