/** Not the end of an origin: `http://app` is not the beginning of `http://app.example`, `http://app:81`, `http://app@x`. */
const END = '(?![A-Za-z0-9._@-]|:[0-9]|%(?:25)?3[Aa][0-9]|%(?:25)?40)';
/** Characters that the end of an origin is told by. */
const LOOK_AHEAD = 6;

function percentLower(text: string): string {
  return text.replace(/%[0-9A-F]{2}/g, (triplet) => triplet.toLowerCase());
}

/**
 * The forms in which an origin stands in pages: plain, escaped in JSON and scripts, percent-encoded in queries, and once more where
 * such a query is a value itself.
 */
function forms(origin: string): readonly string[] {
  const encoded = encodeURIComponent(origin);
  const lower = percentLower(encoded);
  return [
    origin,
    origin.replaceAll('/', '\\/'),
    ...[encoded, lower].flatMap((each) => [each, encodeURIComponent(each)]),
  ];
}

interface Found {
  readonly pattern: RegExp;
  readonly instead: ReadonlyMap<string, string>;
  readonly longest: number;
}

function prepare(from: readonly string[], to: string): Found {
  const into = forms(to);
  const instead = new Map(from.flatMap((origin) => forms(origin).map((form, i) => [form, into[i] ?? to] as const)));
  // Longer ones first, so that an origin that begins like another is found whole.
  const keys = [...instead.keys()].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(`(?:${keys.map((key) => RegExp.escape(key)).join('|')})${END}`, 'g');
  return { pattern, instead, longest: keys[0]?.length ?? 0 };
}

/** Replaces what begins before `upTo`; the rest is for later. */
function replaceIn(text: string, { pattern, instead }: Found, upTo: number): { out: string; rest: string } {
  let out = '';
  let at = 0;
  pattern.lastIndex = 0;
  for (let each = pattern.exec(text); each !== null && each.index < upTo; each = pattern.exec(text)) {
    out += text.slice(at, each.index) + (instead.get(each[0]) ?? each[0]);
    at = pattern.lastIndex;
  }
  const end = Math.max(at, upTo);
  return { out: out + text.slice(at, end), rest: text.slice(end) };
}

/** Changes the bytes of a text that comes in pieces. */
export interface Rewriting {
  push(chunk: Buffer): Buffer;
  end(): Buffer;
}

/**
 * Replaces origins by ours in a body that comes in pieces, in every form in which pages write them; where a piece ends
 * within one makes no difference. Bytes that are no ASCII pass untouched. Holds back less than 2 KiB.
 */
export function rewriteStream(from: readonly string[], to: string): Rewriting {
  return rewriter(from, to)();
}

/** Makes such streams, one for each text. */
export function rewriter(from: readonly string[], to: string): () => Rewriting {
  const found = prepare(from, to);
  return () => rewriting(found);
}

function rewriting(found: Found): Rewriting {
  let held = '';
  const take = (text: string, upTo: number): Buffer => {
    const { out, rest } = found.longest === 0 ? { out: text, rest: '' } : replaceIn(text, found, upTo);
    held = rest;
    return Buffer.from(out, 'latin1');
  };
  return {
    push(chunk) {
      const text = held + chunk.toString('latin1');
      return take(text, Math.max(0, text.length - found.longest - LOOK_AHEAD));
    },
    end: () => take(held, held.length),
  };
}

/** Scheme and host of an absolute Location, or the host of one without a scheme; undefined for all others. */
const ABSOLUTE = /^((?:https?:)?\/\/[^/?#\\@\s]+)((?:[/?#].*)?)$/is;

/**
 * Location with an origin of the app's own replaced by `to`, in any case and with or without its standard port; relative
 * ones and other hosts are left as they are.
 */
export function rewriteLocation(location: string, from: readonly string[], to: string): string {
  const [, origin, rest = ''] = ABSOLUTE.exec(location) ?? [];
  if (origin === undefined) return location;
  const own = from.some((each) => {
    const app = URL.parse(each);
    const given = URL.parse(origin.startsWith('//') ? `${app?.protocol}${origin}` : origin);
    return app !== null && given !== null && given.origin === app.origin;
  });
  return own ? to + rest : location;
}
