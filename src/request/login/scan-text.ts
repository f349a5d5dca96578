import { withoutStart } from '../../lib/trim.ts';
import { type Judge, judge, unreadable } from './judge.ts';
import { formJudge } from './scan-form.ts';
import { jsonJudge } from './scan-json.ts';
import { looseJsonJudge } from './scan-loose-json.ts';
import { looseXmlJudge } from './scan-loose-xml.ts';
import { xmlJudge } from './scan-xml.ts';
import { Unescaped } from './unescaped.ts';
import type { Watch } from './watch.ts';

/**
 * Every text is looked at as all that a name of a field can stand in, whatever it is declared to be and however it begins
 * (docs/decisions/0024). What is held back is what the first judge holds: another one refuses before the value of its field is sent.
 */
function allOf(first: Judge, ...others: readonly Judge[]): Judge {
  return {
    look(chunk) {
      const held = first.look(chunk);
      for (const judge of others) judge.look(chunk);
      return held;
    },
    end() {
      first.end();
      for (const judge of others) judge.end();
    },
  };
}

/** Marks of UTF-16, UTF-7, UTF-EBCDIC and GB 18030, and `<?xm` in EBCDIC. */
const MARKS = ['\xfe\xff', '\xff\xfe', '+/v', '\xdd\x73\x66\x73', '\x84\x31\x95\x33', '\x4c\x6f\xa7\x94'];
const LONGEST_MARK = 4;

/** Refuses what readers find another encoding by: a mark of one, and the zeros that ASCII has in each that is wider. */
function narrowJudge(): Judge {
  let start = '';
  return {
    look(chunk) {
      if (chunk.includes(0)) unreadable('NUL in a text');
      if (start.length >= LONGEST_MARK) return 0;
      start += chunk.toString('latin1', 0, LONGEST_MARK - start.length);
      if (MARKS.some((mark) => start.startsWith(mark))) unreadable('text in an encoding that cannot be read');
      return start.length < LONGEST_MARK ? start.length : 0;
    },
    end: () => undefined,
  };
}

/** Text of which nobody knows what the app makes of it: a form, JSON, XML, or text. */
export function textJudge(watch: Watch, yaml: boolean): Judge {
  const judges = [narrowJudge(), formJudge(watch, 'lines'), looseJsonJudge(watch, yaml), looseXmlJudge(watch, false)];
  return {
    look: (chunk) => Math.max(...judges.map((judge) => judge.look(chunk))),
    end() {
      for (const judge of judges) judge.end();
    },
  };
}

/**
 * A form as JSON and as XML, itself and each value. Undoing escapes once more than a reader does changes no key of JSON that it finds; what it
 * does to the ends of tags of XML is in doubt. `prose`: what people write may be in it, with marks of HTML and colons.
 */
function valuesJudge(watch: Watch, prose = true): Judge {
  const [once, twice] = [new Unescaped(true), new Unescaped(false)];
  const json = looseJsonJudge(watch, !prose);
  const xml = looseXmlJudge(watch, prose);
  const doubt = (): void => xml.doubt();
  const see = (text: Buffer): void => {
    json.look(text);
    xml.look(text);
  };
  return {
    look(chunk) {
      if (chunk.includes(0)) unreadable('NUL in a form');
      if (chunk.includes(60)) doubt();
      see(twice.take(once.take(chunk), doubt));
      return 0;
    },
    end() {
      see(twice.take(once.end(), doubt));
      see(twice.end(doubt));
      json.end();
      xml.end();
    },
  };
}

/** A form, whatever its values hold. */
export function formOrElse(watch: Watch): Judge {
  return allOf(formJudge(watch, 'form'), valuesJudge(watch));
}

/** What no form has but in escapes (URL standard, application/x-www-form-urlencoded), and every other syntax needs. */
const NO_FORM = /[\0-\x1f"<>{}]/;

/** Refuses bytes of a form that only something else would have. */
function escapedJudge(): Judge {
  return {
    look(chunk) {
      if (NO_FORM.test(chunk.toString('latin1'))) unreadable('a form that is something else as well');
      return 0;
    },
    end: () => undefined,
  };
}

/** A form that is nothing else to anybody: only its values may hold more, for which there is a watch of its own. */
export function nothingButForm(watch: Watch, within: Watch): Judge {
  return allOf(formJudge(watch, 'form'), escapedJudge(), valuesJudge(within));
}

/** Characters behind the word `name` in which the name of a part is looked for. */
const NEAR = 1024;

/** The names of parts (RFC 7578 §4.2), wherever in a text they stand. */
function* namesOfParts(text: string): Generator<string> {
  const lower = text.toLowerCase();
  for (let at = lower.indexOf('name'); at >= 0; at = lower.indexOf('name', at + 1)) {
    const behind = withoutStart(text.slice(at + 'name'.length, at + NEAR), ' \t');
    if (behind.startsWith('=')) yield withoutStart(behind.slice(1), ' \t"').split(/[";\r\n]/, 1)[0] ?? '';
  }
}

/**
 * Looks at a value of a sign-in, its escapes undone, as a form, lines, JSON, XML and parts of its own. Throws for a name that may
 * not stand there.
 */
export function judgeValue(watch: Watch, text: string): void {
  const bytes = Buffer.from(text, 'utf8');
  for (const each of [formJudge(watch, 'lines'), valuesJudge(watch, false)]) {
    each.look(bytes);
    each.end();
  }
  for (const name of namesOfParts(text)) judge(watch, name);
}

/** JSON. A whole document of JSON is XML to nobody. */
export function jsonOrElse(watch: Watch): Judge {
  return allOf(jsonJudge(watch), formJudge(watch, 'rest'));
}

/** XML, whatever its texts hold. */
export function xmlOrElse(watch: Watch): Judge {
  return allOf(xmlJudge(watch), looseJsonJudge(watch), formJudge(watch, 'rest'));
}

/** What a field of a multipart form holds. */
export function contentJudge(watch: Watch): Judge {
  const form = formJudge(watch, 'rest');
  // To who takes the whole body for a form, it begins before the first part.
  form.look(Buffer.from('='));
  return allOf(form, looseJsonJudge(watch), looseXmlJudge(watch, true));
}
