/** As many characters in a row that belong to the one before them as anybody writes (UAX #15 §13, Stream-Safe Text). */
const MOST_MARKS = 30;
/** Marks, and the two that become marks in compatibility forms. */
const MARK = /^[\p{M}\uff9e\uff9f]$/u;
const MANY = /[\p{M}\uff9e\uff9f]{31}/u;

/**
 * A text in a normal form of Unicode, in linear time. The library sorts the marks behind a letter by looking through all of them
 * for each: 16 KiB of them took it a second. Here a row of more than 30 is sorted in pieces, each by itself; such a text is
 * canonical by our rule alone, the same for equal texts, and no name in any language is one.
 */
export function normalised(text: string, form: 'NFC' | 'NFKC' | 'NFKD'): string {
  if (!MANY.test(text)) return text.normalize(form);
  let out = '';
  let from = 0;
  let marks = 0;
  for (let at = 0; at < text.length; ) {
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
    marks = MARK.test(character) ? marks + 1 : 0;
    if (marks > MOST_MARKS) {
      out += text.slice(from, at).normalize(form);
      from = at;
      marks = 1;
    }
    at += character.length;
  }
  return out + text.slice(from).normalize(form);
}
