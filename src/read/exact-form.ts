import { SallyportError } from '../errors.ts';

/** A field of a form, decoded. */
export type FormField = readonly [name: string, value: string];

/** Most fields of a form that is shown to a browser again. */
export const MOST_FIELDS = 1000;

function bad(why: string): never {
  throw new SallyportError('bad-body', why);
}

/** A CR or LF alone: browsers send every line break of a form as both (HTML, constructing the entry list). */
function hasLoneBreak(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 10) return true;
    if (code !== 13) continue;
    if (text.charCodeAt(at + 1) !== 10) return true;
    at += 1;
  }
  return false;
}

function checkField(name: string, value: string): void {
  if (name === '') bad('a field without a name');
  for (const text of [name, value]) {
    if (text.includes('\0')) bad('NUL');
    if (hasLoneBreak(text)) bad('a line break that a browser would send in another form');
  }
  // Browsers put the name of the encoding there, whatever stands in it (HTML, constructing the entry list).
  if (name.toLowerCase() === '_charset_' && value !== 'UTF-8') bad('another character set');
}

/**
 * Reads the body of a form (`application/x-www-form-urlencoded`, URL Standard §5) that a browser is to send again byte for
 * byte. Throws `bad-body` for every other one: what is written again from what was read must be what came.
 */
export function readExactForm(body: Buffer): readonly FormField[] {
  let marks = body.length === 0 ? 0 : 1;
  for (const byte of body) if (byte === 38) marks += 1;
  if (marks > MOST_FIELDS) bad(`more than ${MOST_FIELDS} fields`);
  const text = body.toString('latin1');
  const parsed = new URLSearchParams(text);
  if (parsed.toString() !== text) bad('not as a browser writes a form in UTF-8');
  const fields = [...parsed];
  for (const [name, value] of fields) checkField(name, value);
  return fields;
}
