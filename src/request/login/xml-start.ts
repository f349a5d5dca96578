import { isAsciiInside } from './charsets.ts';
import { isBlank, type Judge, unreadable } from './judge.ts';

const LESS = 60;
/** Bytes of the longest XML declaration that is read; no writer of XML makes half as many. */
const MOST = 256;
const MARK = '\xef\xbb\xbf';
const BEGINS = '<?xml';
/** XML 1.0 §2.8, and no attribute that is not there: what another reader makes of the rest nobody knows. */
const DECLARATION =
  /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"1\.0"|'1\.0')(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"([\w.:-]+)"|'([\w.:-]+)'))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>$/;

/** Whether this can still become a declaration, in any case. `<?xml-stylesheet` cannot. */
function mayDeclare(text: string): boolean {
  const head = text.slice(0, BEGINS.length).toLowerCase();
  return BEGINS.startsWith(head) && (text.length <= BEGINS.length || !/[\w.:-]/.test(text.charAt(BEGINS.length)));
}

function checkDeclaration(text: string): void {
  const found = DECLARATION.exec(text) ?? unreadable('an XML declaration that readers take differently');
  const encoding = found[1] ?? found[2];
  if (encoding !== undefined && !isAsciiInside(encoding)) unreadable('an XML encoding that cannot be read');
}

/**
 * Where a document begins: nothing of it goes on before its encoding is known. Strict: one mark of UTF-8 and blanks are
 * all that may stand before the first `<`. `lax`: anything may.
 */
export function xmlStart(lax: boolean): Judge {
  let place: 'mark' | 'before' | 'declaration' | 'after' = lax ? 'before' : 'mark';
  let text = '';

  const mark = (byte: number): void => {
    text += String.fromCharCode(byte);
    if (text === MARK) place = 'before';
    else if (MARK.startsWith(text)) return;
    else if (text.length > 1) unreadable('not XML');
    else before(byte);
    text = place === 'declaration' ? text : '';
  };
  const before = (byte: number): void => {
    place = 'before';
    text = '';
    if (byte === LESS) {
      place = 'declaration';
      text = '<';
    } else if (!lax && !isBlank(byte)) unreadable('not XML');
  };
  const declaration = (byte: number): void => {
    text += String.fromCharCode(byte);
    if (mayDeclare(text)) {
      if (text.length > MOST) unreadable('an XML declaration that is too long');
      if (byte !== 62) return;
      checkDeclaration(text);
    }
    place = 'after';
    text = '';
  };
  const step = { mark, before, declaration };

  return {
    look(chunk) {
      for (let at = 0; place !== 'after' && at < chunk.length; at += 1) step[place](chunk[at] ?? 0);
      return text.length;
    },
    end() {
      if (place === 'mark' && text !== '') unreadable('not XML');
      if (place === 'declaration' && text.length > BEGINS.length) unreadable('an XML declaration without end');
    },
  };
}
