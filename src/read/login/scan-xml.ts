import { isBlank, type Judge, MAX_HELD, MAX_NAME, Names, unreadable, utf8Of } from './judge.ts';
import type { Watch } from './watch.ts';
import { xmlStart } from './xml-start.ts';

const [LESS, EQUALS] = [60, 61];
const ENDS: ReadonlySet<number> = new Set([...'<>=/"\'&; \t\r\n'].map((c) => c.charCodeAt(0)));

function localName(token: string): string {
  const name = utf8Of(token);
  return name.slice(name.lastIndexOf(':') + 1);
}

/**
 * Names of elements (what follows `<`) and attributes (what precedes `=`), wherever they stand: a comment or a text that
 * holds such a name is refused as well, and no state can be confused. Strict: a document that begins with `<`, in UTF-8 or
 * another character set with ASCII inside, without a document type, whose entities could hold elements in disguise.
 */
export function xmlJudge(watch: Watch, lax: boolean): Judge {
  const start = xmlStart(lax);
  let token: string | undefined;
  let inToken = false;
  let afterLess = false;
  let held = 0;
  const names = new Names(watch, localName);

  const forget = (): void => {
    token = undefined;
    held = 0;
  };
  const element = (name: string): void => {
    const markup = name.toUpperCase();
    if (markup.startsWith('!ENTITY') || (!lax && markup.startsWith('!DOCTYPE'))) unreadable('a document type');
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
    if (token === undefined) return;
    token += String.fromCharCode(byte);
    if (token.length <= MAX_NAME) return;
    if (afterLess) unreadable('an element name that is too long');
    forget();
  };
  const divide = (byte: number): void => {
    if (inToken) endToken();
    if (isBlank(byte)) {
      afterLess = false;
      return;
    }
    if (byte === EQUALS && token !== undefined) names.judge(token);
    forget();
    // `</name` is a name after `<` too.
    afterLess = byte === LESS || (afterLess && byte === 47);
  };

  return {
    look(chunk) {
      const undecided = start.look(chunk);
      for (const byte of chunk) {
        if (byte === 0 && !lax) unreadable('NUL in XML');
        if (token !== undefined) held += 1;
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
