import { lettersApart } from '../../../letters/apart.ts';
import type { ManageContext } from '../../../manage/context.ts';
import { lettersFor, type Sender } from '../../../manage/handing-out.ts';
import type { ManyTickets } from '../../../manage/tickets-many.ts';
import type { Pieces } from '../../pour.ts';

type Issued = ManyTickets['issued'];

/** What is told on the way: how far links and letters are, the PDF in pieces (base64), and how it ends. */
export type LetterLine =
  | { readonly links: number; readonly of: number }
  | { readonly letters: number; readonly of: number }
  | { readonly piece: string }
  | { readonly end: 'done' | 'nobody' };

/** Links between two words about them. */
const EVERY = 10;

export interface LettersWish {
  /** Makes the links, and tells after each how many are done. */
  readonly issue: (onProgress: (done: number, of: number) => void) => Promise<Issued>;
  readonly manage: ManageContext;
  readonly sender: Sender;
  readonly wishes: Parameters<typeof lettersFor>[3];
  readonly madeAt: number;
}

/** What ends the making when nobody takes the letters any more. */
class Stopped extends Error {}

/** Lines that may wait to be taken. */
const MOST_WAITING = 64;

const bell = () => Promise.withResolvers<void>();

/**
 * Letters as lines of JSON, so that a page can say how far they are: nothing of them is kept here, and whoever stops reading ends the making. What
 * fails breaks the answer off.
 */
export class LetterLines implements Pieces {
  readonly #wish: LettersWish;
  readonly #lines: LetterLine[] = [];
  /** Rings when there is something to take, and when something was taken. */
  #more = bell();
  #taken = bell();
  #stopped = false;
  #made: 'not begun' | 'under way' | 'done' | { readonly failure: unknown } = 'not begun';

  constructor(wish: LettersWish) {
    this.#wish = wish;
  }

  async next(): Promise<Buffer | null> {
    if (this.#made === 'not begun') this.#begin();
    while (this.#lines.length === 0) {
      if (this.#made === 'done') return null;
      if (typeof this.#made === 'object') throw this.#made.failure;
      await this.#more.promise;
    }
    const text = this.#lines.splice(0).map((line) => `${JSON.stringify(line)}\n`);
    this.#taken.resolve();
    this.#taken = bell();
    return Buffer.from(text.join(''));
  }

  stop(): void {
    this.#stopped = true;
    this.#taken.resolve();
  }

  #begin(): void {
    this.#made = 'under way';
    this.#make().then(
      () => this.#end('done'),
      (failure: unknown) => this.#end({ failure }),
    );
  }

  #end(made: 'done' | { readonly failure: unknown }): void {
    this.#made = made;
    this.#more.resolve();
  }

  #say(line: LetterLine): void {
    if (this.#stopped) throw new Stopped();
    this.#lines.push(line);
    this.#more.resolve();
    this.#more = bell();
  }

  async #make(): Promise<void> {
    const { issue, manage, sender, wishes, madeAt } = this.#wish;
    const issued = await issue((links, of) => {
      // Whoever has gone needs no more links.
      if (this.#stopped) throw new Stopped();
      if (links % EVERY === 0 || links === of) this.#say({ links, of });
    });
    if (issued.length === 0) return this.#say({ end: 'nobody' });
    const items = await lettersFor(manage, issued, sender, wishes);
    const onProgress = (letters: number) => this.#say({ letters, of: items.length });
    const { language } = sender.pages;
    for await (const piece of lettersApart(items, { madeAt, language, onProgress })) {
      this.#say({ piece: Buffer.from(piece).toString('base64') });
      // As fast as it is taken: what waits here is held in memory.
      while (this.#lines.length > MOST_WAITING && !this.#stopped) await this.#taken.promise;
    }
    this.#say({ end: 'done' });
  }
}
