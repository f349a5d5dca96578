import { isIP } from 'node:net';
import { normalised } from '../lib/normal.ts';

const MAX_LABEL = 60;
const MAX_NAME = 100;
/** Characters that are looked at: whatever is longer is cut far before. */
const LOOKED_AT = 1024;

/** What is not seen, or moves what is: controls, line ends, bidirectional marks, code points without a meaning. */
const UNSEEN = /(?![\u200c\u200d])[\p{C}\p{Zl}\p{Zp}]/gu;
/** A mail program makes a link of `a.b`, `a:b`, `a/b` and `a@b`. */
const LINKING = /[.:@/\\\u3002]+/g;
const LETTER = /^\p{L}/u;

/** The text without what stands before a letter or a slash and makes a link of both sides. */
function unlinked(text: string): string {
  return text.replace(LINKING, (run, at: number) => {
    if (LETTER.test(text.slice(at + run.length, at + run.length + 2))) return ' ';
    const slash = run.lastIndexOf('/');
    return slash > 0 ? ` ${run.slice(slash)}` : run;
  });
}

function oneLine(text: string, max: number): string {
  const shown = normalised(text, 'NFKC').replace(UNSEEN, ' ').replace(/\s+/gu, ' ').trim();
  const points = [...shown];
  return points.length > max ? `${points.slice(0, max).join('')}…` : shown;
}

/** A name that the operator has chosen, on one line. */
export function plainName(text: string): string {
  return oneLine(text, MAX_NAME);
}

/**
 * A label that somebody has typed, on one short line and without anything that becomes a link: whoever holds a stolen
 * session may write one, and the message is believed because it comes from us.
 */
export function plainLabel(text: string): string {
  return oneLine(unlinked(normalised(text.slice(0, LOOKED_AT), 'NFKC')), MAX_LABEL);
}

/** A network address as it is, anything else as nothing. */
export function plainAddress(text: string): string {
  return isIP(text) === 0 ? '' : text;
}
