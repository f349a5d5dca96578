import { normalised } from '../lib/normal.ts';

/** UTF-16 units of a text that are looked at: no place of the page holds as many. */
const LOOKED_AT = 300;
/** What takes no room and moves or joins what does: bidirectional controls, joiners, selectors, colours of emoji. */
const UNSEEN = /(?!\u200c)\p{Cf}|[\ufe00-\ufe0f\u{1f3fb}-\u{1f3ff}\u{e0100}-\u{e01ef}\u034f\u115f\u1160\u3164\uffa0]/gu;
/** Ends of lines and controls: all of it is room between two words. */
const ROOM = /[\p{Cc}\p{Z}]+/gu;
/** More marks on one letter than any orthography has would be painted over what stands above. */
const PILED = /(\p{M}{3})\p{M}+/gu;

/**
 * A text from outside as one line: normal form C, without what is not seen or moves other letters, with single spaces and at
 * most three marks on a letter. What no font has is left for the fonts to say.
 */
export function shown(text: string): string {
  const looked = text.slice(0, LOOKED_AT).toWellFormed();
  const whole = text.length > LOOKED_AT ? `${looked}…` : looked;
  const seen = normalised(whole.replace(UNSEEN, ''), 'NFC').replace(ROOM, ' ').trim();
  return seen.replace(PILED, '$1');
}

/** Those lines of several that say anything, cleaned, at most so many: what is over stands in the last, after commas. */
export function shownLines(lines: readonly string[], most: number): string[] {
  const said = lines
    .slice(0, 4 * most)
    .map(shown)
    .filter((line) => line !== '');
  if (said.length <= most) return said;
  return [...said.slice(0, most - 1), shown(said.slice(most - 1).join(', '))];
}
