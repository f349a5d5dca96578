import { CANARY } from '../../assertions/canary-marks.ts';
import { answersIn, printable, type RawAnswer } from './answers.ts';
import { send } from './ask.ts';
import type { Probe, Verdict } from './types.ts';
import { pageOf, wordsOf } from './words.ts';

/** How long a server has to refuse what has not ended, ms: who waits for the rest says nothing. */
const UNENDED_MS = 1500;
/** Bytes of a line that every server finds too long. */
const LONG = 70_000;
/** Not a line that ends: with it a parser knows that the line before did. */
const UNENDED = 'X-End: 1';

/** What no server can hand on, since it has not ended, and what servers refuse before it has. */
const NEVER_ENDS: readonly string[] = [
  `SALLYPORT\r\n${UNENDED}`,
  `\0\r\n${UNENDED}`,
  `GET /%zz%00 HTTP/1.1\r\n${UNENDED}`,
  `GET /x HTTP/9.9\r\n${UNENDED}`,
  `GET /${'a'.repeat(LONG)}`,
  `GET /x HTTP/1.1\r\nX: ${'a'.repeat(LONG)}`,
  `GET /x HTTP/1.1\r\nX\0: a\r\n${UNENDED}`,
  `GET /x HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n${UNENDED}`,
];

/** By which a server says that a request is broken, and not that what is asked for is not there, or is not for everybody. */
const BROKEN_BY: ReadonlySet<number> = new Set([400, 405, 411, 413, 414, 417, 421, 426, 431, 501, 505]);
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 307, 308]);

const isRefusal = ({ status }: RawAnswer): boolean =>
  (status >= 400 && status < 500 && status !== 401 && status !== 407) || status === 501 || status === 505;

export interface FrontParts {
  /** Public origin of the app. */
  readonly origin: string;
  /** Whether an answer is shown to be ours, by the mark of the request or by all its bytes. */
  readonly isOurs: (answer: RawAnswer, mark: string) => boolean;
  /** What the app answers when it is asked itself; null: it could not be asked. */
  readonly app: () => Promise<readonly RawAnswer[] | null>;
}

/** A request, as it was sent, and the answers to it that are not shown to be ours. */
export interface Doubt {
  readonly probe: Probe;
  readonly bytes: string;
  readonly mark: string;
  readonly strangers: readonly RawAnswer[];
  /** A request of this kind is broken, or names another host: a server need not hand it on. */
  readonly broken: boolean;
}

/** Bytes of which the last head has not ended. `hidden`: those before it have, and may have been handed on. */
interface Unended {
  readonly bytes: string;
  readonly hidden: boolean;
}

/** The bytes without the end of their first head, and without that of their last. */
function unended(bytes: string): readonly Unended[] {
  const [first, last] = [bytes.indexOf('\r\n\r\n'), bytes.lastIndexOf('\r\n\r\n')];
  const ends = [...new Set([first, last])].filter((at) => at !== -1);
  return ends.map((at) => ({ bytes: `${bytes.slice(0, at + 2)}${UNENDED}`, hidden: at !== first }));
}

/** The name that a server gives itself, for a report. */
export function nameOf(answer: RawAnswer): string {
  const [server] = answer.all('server');
  return server === undefined ? answer.line : `${answer.line}, ${printable(server).slice(0, 60)}`;
}

/**
 * What the operator has put in front of us, known by what it does itself: a head that has not ended can be handed on by nobody, so whoever
 * answers it stands in front. Whether a refusal is of that server is shown in one of two ways (docs/decisions/0060): the same request without
 * its end is refused in the same words; or the refusal says that a request is broken, in words that are known from such
 * refusals, and that the app has not.
 */
export class Front {
  readonly #parts: FrontParts;
  #words: Promise<ReadonlySet<string>> | undefined;
  #pages: Promise<ReadonlySet<string> | null> | undefined;

  constructor(parts: FrontParts) {
    this.#parts = parts;
  }

  /** Who made these answers, as far as it can be shown. */
  async judge(doubt: Doubt): Promise<Verdict> {
    const { probe, strangers } = doubt;
    const [first] = strangers;
    if (first === undefined) return { kind: 'unclear', why: 'no answer in time' };
    const { line } = first;
    if (probe.method !== 'HEAD' && strangers.every(isRefusal) && (await this.#refusedUnended(doubt)))
      return { kind: 'front', says: nameOf(first) };
    const words = await this.#known();
    const pages = await this.#ofApp();
    const isFronts = strangers.every((answer) => words.has(wordsOf(answer)));
    const isApps = pages === null || strangers.some((answer) => pages.has(pageOf(answer)));
    if (!isFronts) return pages !== null && isApps ? { kind: 'app', answer: line } : unknown(doubt, line);
    if (!doubt.broken || !strangers.every((answer) => this.#saysBroken(answer, probe)))
      return {
        kind: 'unclear',
        why: `${line}: refused in front of us, though it could be handed on: let it come to us`,
      };
    if (isApps)
      return {
        kind: 'unclear',
        why: `${line}: what stands in front and the app refuse in the same words: give the server in front a page of its own`,
      };
    return { kind: 'front', says: nameOf(first) };
  }

  #saysBroken(answer: RawAnswer, probe: Probe): boolean {
    const { status } = answer;
    if (BROKEN_BY.has(status)) return true;
    // Another host is another site of theirs, or none.
    if (probe.class === 'host' && (status === 403 || status === 404)) return true;
    const [to] = answer.all('location');
    if (!REDIRECTS.has(status) || to === undefined || answer.all('set-cookie').length > 0) return false;
    return URL.canParse(to) && new URL(to).host === new URL(this.#parts.origin).host;
  }

  async #refusedUnended({ bytes, mark, strangers }: Doubt): Promise<boolean> {
    for (const part of unended(bytes)) {
      const answers = await this.#ask(part.bytes);
      const others = answers.filter((answer) => !this.#parts.isOurs(answer, mark));
      // The head before it has ended, and whoever it was handed on to may have answered: only what comes behind our answer to that is not theirs.
      if (part.hidden && (answers.length < 2 || others.length !== 1 || others[0] !== answers.at(-1))) continue;
      const same = others.length === strangers.length && others.every((each, i) => isSame(each, strangers[i]));
      if (same && others.length > 0) return true;
    }
    return false;
  }

  async #ask(bytes: string): Promise<readonly RawAnswer[]> {
    const back = await send(this.#parts.origin, bytes, UNENDED_MS).catch(() => null);
    return back === null ? [] : answersIn(back.text, false);
  }

  /** The words in which it refuses what has not ended. */
  #known(): Promise<ReadonlySet<string>> {
    this.#words ??= (async () => {
      const heard = await Promise.all(NEVER_ENDS.map((bytes) => this.#ask(bytes)));
      const own = heard.flat().filter((answer) => isRefusal(answer) && !this.#parts.isOurs(answer, ''));
      return new Set(own.filter((answer) => answer.all(CANARY).length === 0).map(wordsOf));
    })();
    return this.#words;
  }

  #ofApp(): Promise<ReadonlySet<string> | null> {
    this.#pages ??= this.#parts.app().then((answers) => (answers === null ? null : new Set(answers.map(pageOf))));
    return this.#pages;
  }
}

const isSame = (one: RawAnswer, other: RawAnswer | undefined): boolean =>
  other !== undefined && one.status === other.status && wordsOf(one) === wordsOf(other);

/** Neither in the words of the one nor of the other. */
function unknown({ broken, strangers }: Doubt, line: string): Verdict {
  if (broken && strangers.every(isRefusal))
    return { kind: 'unclear', why: `${line}: not ours, and in words that are not known of what stands in front` };
  return { kind: 'app', answer: line };
}
