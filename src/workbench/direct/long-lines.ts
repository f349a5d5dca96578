import type { CookieJar } from 'tough-cookie';
import type { BoundLogin } from '../../config/login-types.ts';
import { systemClock } from '../../lib/clock.ts';
import { headerOf } from '../../presets/answer.ts';
import type { WholeAnswer } from '../../presets/types.ts';
import { whoamiTarget, whoIs } from '../../presets/whoami.ts';
import { CommandRefused } from '../../terminal/exit.ts';
import { cookiesFor, putCookies } from './cookies.ts';
import { Deadline, TooLong } from './deadline.ts';
import { steadyText } from './doors.ts';
import type { AppUnderTest } from './sign-in.ts';

/**
 * What an app's server makes of a long line of a head. `cut`: it reads `longest` bytes of it (CRLF not counted), and takes the rest
 * for another line (`split`), or for nothing. `whole`: it has read all lines that it took, the longest of so many bytes, and took none of
 * `refused` bytes; null: it took all that were tried.
 */
export type LongLines =
  | { readonly kind: 'cut'; readonly longest: number; readonly split: boolean }
  | { readonly kind: 'whole'; readonly longest: number; readonly refused: number | null }
  /** No answer of the app shows what its server has read, or it takes too long to say so. */
  | { readonly kind: 'unseen'; readonly why: 'page' | 'time' };

/** Lengths that are tried, bytes: a server's buffers are a little shorter than one of them, and those before are tried first. */
const LADDER = [1200, 2300, 4400, 8400, 16_600, 33_000, 65_000];
/** Where a server refuses, it is looked for what it cuts before, as closely as this; bytes. */
const CLOSE = 64;
/** Values of cookies are no longer than browsers keep them. */
const PAD = 1000;
/** How long all of it may take. */
const MOST_SECONDS = 60;

const COOKIE = 'Cookie: ';
const FIELD = 'X-Long';

/** What an answer shows of the session of whoever asked: that it was read, that it was not, or that the request was not taken. */
type Seen = 'read' | 'unread' | 'refused';

/** Statuses of servers that take no such head. */
const NOT_TAKEN: ReadonlySet<number> = new Set([400, 413, 414, 431, 494, 500, 501, 502, 503]);

/** Cookies of so many bytes that mean nothing to anybody. */
function padding(bytes: number): string {
  const text = `pad=${'a'.repeat(Math.max(0, bytes - 4))}`.split('');
  for (let at = PAD; at + 16 < bytes; at += PAD) {
    const next = `; p${at}=`;
    text.splice(at, next.length, ...next);
  }
  return text.join('');
}

/** What tells of an answer whether the session was read. */
type Judge = (answer: WholeAnswer) => 'read' | 'unread' | null;

/** One page of the app, asked for with heads of our making. */
class Prober {
  readonly #app: AppUnderTest;
  readonly #target: string;
  readonly #jar: CookieJar;
  readonly #judge: Judge;
  readonly #deadline = new Deadline(MOST_SECONDS);

  constructor(app: AppUnderTest, target: string, jar: CookieJar, judge: Judge) {
    this.#app = app;
    this.#target = target;
    this.#jar = jar;
    this.#judge = judge;
  }

  /** The cookies of the session, as they are by now. */
  get session(): string {
    return cookiesFor(this.#jar, this.#target);
  }

  async ask(cookie: string | null, lines: readonly string[] = []): Promise<Seen> {
    this.#deadline.check();
    let answer: WholeAnswer;
    try {
      answer = await this.#app.client.behind(this.#app.login).bare(this.#target, cookie, lines);
    } catch (error) {
      if (error instanceof CommandRefused && !(error instanceof TooLong)) return 'refused';
      throw error;
    }
    const seen = this.#judge(answer);
    // Some apps give a session another id with each answer.
    if (seen === 'read') putCookies(this.#jar, this.#target, answer.headers.all('set-cookie'));
    return seen === 'read' ? seen : NOT_TAKEN.has(answer.status) || seen === null ? 'refused' : seen;
  }

  /** With a line of cookies so long that ends with the session: all of it must be read for that. */
  last(length: number): Promise<Seen> {
    const { session } = this;
    return this.ask(`${padding(length - COOKIE.length - session.length - 2)}; ${session}`);
  }

  /** With one that begins with it. */
  first(length: number): Promise<Seen> {
    const { session } = this;
    return this.ask(`${session}; ${padding(length - COOKIE.length - session.length - 2)}`);
  }

  /** With a long line that means nothing before that of the cookies. */
  before(length: number): Promise<Seen> {
    return this.ask(this.session, [FIELD, 'a'.repeat(length - FIELD.length - 2)]);
  }

  /** With the session nowhere but in a line that means nothing, so many bytes behind its beginning. */
  within(at: number): Promise<Seen> {
    return this.ask(null, [FIELD, `${'a'.repeat(at - FIELD.length - 2)}${COOKIE}${this.session}`]);
  }
}

/** What of an answer is the same for the same person. */
function shape(answer: WholeAnswer): string {
  const set = answer.headers.all('set-cookie').map((line) => line.split('=', 1)[0] ?? '');
  const location = (headerOf(answer, 'location') ?? '').split('?', 1)[0];
  return JSON.stringify([answer.status, location, [...new Set(set)].sort(), steadyText(answer)]);
}

/** By the app's own word. */
function byWhoami(login: BoundLogin): Judge {
  return (answer) => {
    const { kind } = whoIs(login, answer, systemClock.now());
    return kind === 'name' ? 'read' : kind === 'nobody' ? 'unread' : null;
  };
}

/** By the sign-in page, where it is another for whoever is signed in; null: it is not. */
async function byEntry({ client, login }: AppUnderTest, jar: CookieJar): Promise<Judge | null> {
  const behind = client.behind(login);
  const look = async (cookie: string | null): Promise<string> => shape(await behind.bare(login.entry, cookie));
  const cookie = cookiesFor(jar, login.entry) || null;
  const [mine, nobodys] = [await look(cookie), await look(null)];
  if (mine === nobodys || mine !== (await look(cookie)) || nobodys !== (await look(null))) return null;
  return (answer) => ({ [mine]: 'read' as const, [nobodys]: 'unread' as const })[shape(answer)] ?? null;
}

async function proberOf(app: AppUnderTest, account: string, jar: CookieJar): Promise<Prober | null> {
  const { whoami, entry } = app.login;
  const asked = whoami?.ask?.method === 'GET' ? whoamiTarget(whoami, account) : null;
  const judge = asked === null ? await byEntry(app, jar) : byWhoami(app.login);
  if (judge === null) return null;
  const prober = new Prober(app, asked ?? entry, jar, judge);
  const plain = prober.session !== '' && (await prober.ask(prober.session)) === 'read';
  return plain && (await prober.ask(null)) === 'unread' ? prober : null;
}

/** The longest line that is read whole, between one that is and one that is not, as closely as `close` bytes. */
async function between(prober: Prober, [whole, cut]: readonly [number, number], close: number) {
  let [low, high] = [whole, cut];
  while (high - low > close) {
    const middle = Math.floor((low + high) / 2);
    const seen = await prober.last(middle);
    if (seen === 'read') low = middle;
    else if (close > 1 && seen === 'unread' && (await prober.first(middle)) === 'read') return { low, cut: middle };
    else high = middle;
  }
  return { low, high };
}

/** What is read of a line, and what becomes of the rest, where a line of `cut` bytes is cut and one of `whole` is not. */
async function cutAt(prober: Prober, whole: number, cut: number): Promise<LongLines> {
  const { low } = await between(prober, [whole, cut], 1);
  let longest = low;
  // What is left may be the end of a line alone: an empty one, which ends the head.
  for (let less = 0; less < 4 && (await prober.before(longest)) !== 'read'; less += 1) longest -= 1;
  let split = longest < low;
  for (const at of [low, low + 1, low - 1]) split ||= (await prober.within(at)) === 'read';
  return { kind: 'cut', longest, split };
}

/**
 * Finds out what the app's server makes of long lines, with at most forty GETs of the page that says who is signed in, or of the sign-in
 * page: with a long line of cookies, and with a header that no app knows. `jar`: of somebody who is signed in.
 */
export async function longLines(app: AppUnderTest, account: string, jar: CookieJar): Promise<LongLines> {
  const prober = await proberOf(app, account, jar);
  if (prober === null) return { kind: 'unseen', why: 'page' };
  try {
    return await looked(prober);
  } catch (error) {
    app.client.check();
    if (error instanceof TooLong) return { kind: 'unseen', why: 'time' };
    throw error;
  }
}

async function looked(prober: Prober): Promise<LongLines> {
  let whole = COOKIE.length + prober.session.length;
  for (const length of LADDER.filter((each) => each > whole + 32)) {
    const seen = await prober.last(length);
    if (seen === 'read') whole = length;
    else if (seen === 'unread' && (await prober.first(length)) === 'read') return cutAt(prober, whole, length);
    else {
      const { low, high, cut } = await between(prober, [whole, length], CLOSE);
      return cut === undefined ? { kind: 'whole', longest: low, refused: high } : cutAt(prober, low, cut);
    }
  }
  return { kind: 'whole', longest: whole, refused: null };
}

/** The longest line that may be sent to a server that cuts longer ones, as a preset says it; null: any. */
export function lineLimit(found: LongLines): number | null {
  return found.kind === 'cut' ? found.longest : null;
}
