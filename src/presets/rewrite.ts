/** The forms in which an origin stands in pages: plain, escaped in JSON and scripts, and percent-encoded in queries. */
function forms(origin: string): readonly string[] {
  return [origin, origin.replaceAll('/', '\\/'), encodeURIComponent(origin)];
}

/** Whether the origin ends where it was found: `http://app` is not the beginning of `http://app.example`. */
function endsHere(text: string, at: number): boolean {
  const next = text[at];
  return next === undefined || !/[A-Za-z0-9.:-]/.test(next) || /^:(?![0-9])/.test(text.slice(at, at + 2));
}

function replaceIn(
  text: string,
  pairs: readonly (readonly [from: string, to: string])[],
  upTo: number,
): { out: string; rest: string } {
  let out = '';
  let at = 0;
  while (at < upTo) {
    let next = -1;
    let found: readonly [string, string] | undefined;
    for (const pair of pairs) {
      const index = text.indexOf(pair[0], at);
      if (index >= 0 && (next < 0 || index < next)) {
        next = index;
        found = pair;
      }
    }
    if (found === undefined || next >= upTo) break;
    out += text.slice(at, next);
    at = next + found[0].length;
    out += endsHere(text, at) ? found[1] : found[0];
  }
  if (at < upTo) {
    out += text.slice(at, upTo);
    at = upTo;
  }
  return { out, rest: text.slice(at) };
}

/**
 * Replaces origins by ours in a body that comes in pieces, in every form in which pages write them; where a piece ends
 * within one makes no difference. Bytes that are no ASCII pass untouched.
 */
export function rewriteStream(from: readonly string[], to: string): { push(chunk: Buffer): Buffer; end(): Buffer } {
  const into = forms(to);
  const pairs = from.flatMap((origin) => forms(origin).map((form, i): [string, string] => [form, into[i] ?? to]));
  // Longer ones first, so that an origin that begins like another is found whole.
  pairs.sort((a, b) => b[0].length - a[0].length);
  const longest = Math.max(0, ...pairs.map(([form]) => form.length));
  let held = '';
  return {
    push(chunk) {
      const text = held + chunk.toString('latin1');
      const { out, rest } = replaceIn(text, pairs, Math.max(0, text.length - longest - 2));
      held = rest;
      return Buffer.from(out, 'latin1');
    },
    end() {
      const { out, rest } = replaceIn(held, pairs, held.length);
      held = '';
      return Buffer.from(out + rest, 'latin1');
    },
  };
}

/** Location with an origin of the app's own replaced by ours; relative ones and other hosts are left as they are. */
export function rewriteLocation(location: string, from: readonly string[], to: string): string {
  for (const origin of from) {
    if (!location.toLowerCase().startsWith(origin.toLowerCase())) continue;
    const rest = location.slice(origin.length);
    if (rest === '' || /^[/?#]/.test(rest)) return to + rest;
  }
  return location;
}
