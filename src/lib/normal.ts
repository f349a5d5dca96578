/** As many characters in a row that belong to the one before them as anybody writes (UAX #15 §13, Stream-Safe Text). */
const MOST_MARKS = 30;
/** Marks, and the two that become marks in compatibility forms. */
const MANY = /[\p{M}\uff9e\uff9f]{31}/u;
const RUNS = /[\p{M}\uff9e\uff9f]+/gu;
/** Is itself in every normal form. */
const NOT_ASCII = /[^\0-\x7f]/;

/** The index after so many characters from `at` on, at most `end`. */
function after(text: string, at: number, characters: number, end: number): number {
  let next = at;
  for (let i = 0; i < characters && next < end; i += 1) next += (text.codePointAt(next) ?? 0) > 0xffff ? 2 : 1;
  return next;
}

/**
 * A text in a normal form of Unicode, in linear time. The library sorts the marks behind a letter by looking through all of them
 * for each: 16 KiB of them took it a second. Here a row of more than 30 is sorted in pieces, each by itself; such a text is
 * canonical by our rule alone, the same for equal texts, and no name in any language is one.
 */
export function normalised(text: string, form: 'NFC' | 'NFKC' | 'NFKD'): string {
  if (!NOT_ASCII.test(text)) return text;
  if (!MANY.test(text)) return text.normalize(form);
  let out = '';
  let from = 0;
  for (const { 0: run, index } of text.matchAll(RUNS)) {
    const end = index + run.length;
    for (let cut = after(text, index, MOST_MARKS, end); cut < end; cut = after(text, cut, MOST_MARKS, end)) {
      out += text.slice(from, cut).normalize(form);
      from = cut;
    }
  }
  return out + text.slice(from).normalize(form);
}
