/**
 * The text without any of `these` characters (single UTF-16 units) at its end. By index: a pattern such as `/_+$/` starts
 * anew at every character of a run that is not at the end, and takes quadratic time for it.
 */
export function withoutEnd(text: string, these: string): string {
  let end = text.length;
  while (end > 0 && these.includes(text[end - 1] ?? '')) end -= 1;
  return end === text.length ? text : text.slice(0, end);
}

/** The same for the beginning. */
export function withoutStart(text: string, these: string): string {
  let start = 0;
  while (start < text.length && these.includes(text[start] ?? '')) start += 1;
  return start === 0 ? text : text.slice(start);
}

/** The same for both ends. */
export function withoutEnds(text: string, these: string): string {
  return withoutStart(withoutEnd(text, these), these);
}
