import { EDGE, isBlank, type Judge, judgeEdges, MAX_HELD, MAX_NAME, Names, unreadable, utf8Of } from './judge.ts';
import type { Watch } from './watch.ts';
import { xmlStart } from './xml-start.ts';

const [COLON, LESS, EQUALS] = [58, 60, 61];
const ENDS: ReadonlySet<number> = new Set([...'<>=/"\'&; \t\r\n'].map((c) => c.charCodeAt(0)));

/**
 * Names of elements (what follows `<`) and attributes (what precedes `=`), wherever they stand: a comment or a text that
 * holds such a name is refused as well, and no state can be confused. What follows the last colon of a name counts.
 * A document begins with `<`, in UTF-8 or another character set with ASCII inside, without a document type, whose entities
 * could hold elements in disguise.
 */
export function xmlJudge(watch: Watch): Judge {
  const start = xmlStart(false);
  let token: string | undefined;
  /** How a name begins that is too long to be kept. */
  let head: string | undefined;
  let inToken = false;
  let afterLess = false;
  let held = 0;
  const names = new Names(watch, utf8Of);

  const forget = (): void => {
    token = undefined;
    head = undefined;
    held = 0;
  };
  const element = (name: string): void => {
    const markup = name.toUpperCase();
    if (/^!(?:ENTITY|DOCTYPE)/.test(markup)) unreadable('a document type');
    if (!name.startsWith('!') && !name.startsWith('?')) names.judge(name);
  };
  const endToken = (): void => {
    inToken = false;
    if (!afterLess || token === undefined || token === '') return;
    afterLess = false;
    element(token);
    forget();
  };
  const grow = (byte: number): void => {
    if (!inToken) {
      inToken = true;
      token = '';
      held = 1;
    }
    if (byte === COLON) forget();
    token = byte === COLON ? '' : `${token ?? ''}${String.fromCharCode(byte)}`;
    if (token.length <= MAX_NAME) return;
    if (afterLess) unreadable('an element name that is too long');
    head ??= token.slice(0, EDGE);
    token = token.slice(-EDGE);
    held = 0;
  };
  const attribute = (): void => {
    if (token === undefined) return;
    if (head === undefined) names.judge(token);
    else judgeEdges(watch, head, token.slice(-EDGE));
  };
  const divide = (byte: number): void => {
    if (inToken) endToken();
    if (isBlank(byte)) {
      afterLess = false;
      return;
    }
    if (byte === EQUALS) attribute();
    forget();
    // `</name` is a name after `<` too.
    afterLess = byte === LESS || (afterLess && byte === 47);
  };

  return {
    look(chunk) {
      const undecided = start.look(chunk);
      for (const byte of chunk) {
        if (byte === 0) unreadable('NUL in XML');
        if (token !== undefined && head === undefined) held += 1;
        if (ENDS.has(byte)) divide(byte);
        else grow(byte);
        if (held > MAX_HELD) unreadable('too much between a name and its equals sign');
      }
      return Math.max(undecided, token === undefined ? 0 : held);
    },
    end() {
      start.end();
      if (inToken) endToken();
    },
  };
}
