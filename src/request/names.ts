/** Lower-case letters and digits of a name; the key under which aliases of one name meet. */
export function foldName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Headers that name one thing; two lines of one of these are read differently by different parsers. */
const SINGLE: readonly string[] = [
  'host',
  'authorization',
  'content-type',
  'content-length',
  'expect',
  'transfer-encoding',
  'origin',
  'content-encoding',
  'destination',
];

/** Of these only the exact spelling is read by anybody; another spelling is the same field to CGI, PHP or IIS, and goes. */
const ONE_SPELLING: ReadonlySet<string> = new Set([
  ...['accept', 'acceptlanguage', 'authorization', 'contentencoding', 'contenttype', 'cookie', 'destination', 'origin'],
  ...['referer', 'secfetchdest', 'secfetchmode', 'secfetchsite', 'secfetchuser', 'useragent', 'xrequestedwith'],
]);

/** A field's name as somebody spells it, and what is known of that spelling. */
export interface FieldName {
  readonly spelt: string;
  readonly lower: string;
  /** Lower-case letters and digits. */
  readonly folded: string;
  /** Another spelling of a field that is read by its exact name. */
  readonly alias: boolean;
  /** A bit of its own, for a field that may be there once; 0 for all others. */
  readonly single: number;
}

/** Most names have no such character. */
const OTHER_THAN_LETTERS = /[^A-Za-z-]/;

function learn(spelt: string): FieldName {
  const lower = spelt.toLowerCase();
  const folded = foldName(spelt);
  const alias = OTHER_THAN_LETTERS.test(spelt) && ONE_SPELLING.has(folded);
  return { spelt, lower, folded, alias, single: (1 << (SINGLE.indexOf(lower) + 1)) & ~1 };
}

const MOST_KNOWN = 1024;
/** Tokens that are not too long; of nothing else names are made (RFC 9110 §5.1). */
const WORTH_KNOWING = /^[!-~]{1,64}$/;
const known = new Map<string, FieldName>();

/**
 * What is known of a name, found out once for those that come again and again. The memory is bounded, since names are the
 * client's to invent.
 */
export function fieldName(spelt: string): FieldName {
  const before = known.get(spelt);
  if (before !== undefined) return before;
  if (!WORTH_KNOWING.test(spelt)) return learn(spelt);
  if (known.size >= MOST_KNOWN) known.clear();
  // Its own copy: a part of a request would keep the whole of it in memory.
  const name = learn(Buffer.from(spelt, 'latin1').toString('latin1'));
  known.set(name.spelt, name);
  return name;
}

/** The first of the fields that may be there once, in lower case, whose bit is set. */
export function singleOf(bits: number): string | undefined {
  return SINGLE.find((_, at) => (bits & (1 << (at + 1))) !== 0);
}
