import fc from 'fast-check';

/** What a server does to a path before it looks for what it names. Written anew here, not from the product's code. */
export interface Lenient {
  readonly name: string;
  readonly rounds: 0 | 1 | 2 | 3;
  readonly broken: 'keep' | 'drop' | 'windows-1252';
  readonly overlong: boolean;
  readonly percentU: boolean;
  /** `;x` goes before decoding, after it, with all that follows, or stays. */
  readonly parameters: 'before' | 'after' | 'rest' | 'stay';
  readonly plus: boolean;
  readonly backslash: boolean;
  readonly merge: boolean;
  readonly letters: 'exact' | 'case' | 'nfkc' | 'accents' | 'best-fit';
  readonly invisible: boolean;
  /** NTFS: dots and blanks at the end, streams, short names. */
  readonly windows: boolean;
}

const CAREFUL: Lenient = {
  name: 'node',
  rounds: 1,
  broken: 'keep',
  overlong: false,
  percentU: false,
  parameters: 'stay',
  plus: false,
  backslash: false,
  merge: true,
  letters: 'exact',
  invisible: false,
  windows: false,
};
const server = (name: string, over: Partial<Lenient>): Lenient => ({ ...CAREFUL, ...over, name });

export const SERVERS: readonly Lenient[] = [
  CAREFUL,
  server('express', { letters: 'case' }),
  server('nginx, merge_slashes', { merge: true }),
  server('a proxy that decodes before the app does', { rounds: 2 }),
  server('two of them', { rounds: 3, letters: 'case' }),
  server('tomcat', { parameters: 'before' }),
  server('old java', { parameters: 'after', overlong: true, rounds: 2 }),
  server('a container that cuts all behind a parameter', { parameters: 'rest' }),
  server('php behind a rewrite', { rounds: 2, broken: 'windows-1252', plus: true }),
  server('a database without accents', { rounds: 2, letters: 'accents', invisible: true }),
  server('python, errors=ignore', { rounds: 2, broken: 'drop', letters: 'nfkc' }),
  server('iis', { percentU: true, backslash: true, letters: 'case', windows: true }),
  server('iis with a double decode', {
    rounds: 2,
    percentU: true,
    backslash: true,
    letters: 'best-fit',
    windows: true,
  }),
  server('windows, everything', {
    rounds: 3,
    broken: 'windows-1252',
    overlong: true,
    percentU: true,
    parameters: 'after',
    plus: true,
    backslash: true,
    letters: 'best-fit',
    invisible: true,
    windows: true,
  }),
];

/** Code points that a code page without them shows as another (WideCharToMultiByte, 1252 and 932). */
const BEST_FIT: Readonly<Record<string, string>> = { ɡ: 'g', ı: 'i', ℮: 'e', ℘: 'p', α: 'a', σ: 's', '\u2215': '/' };

function utf8(bytes: readonly number[], { broken, overlong }: Lenient): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at] ?? 0;
    const length = first < 0x80 ? 1 : first < 0xc0 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf8 ? 4 : 0;
    const tail = bytes.slice(at + 1, at + length);
    const whole = length > 0 && tail.length === length - 1 && tail.every((byte) => byte >> 6 === 2);
    const code = tail.reduce(
      (sum, byte) => sum * 64 + (byte & 63),
      length === 1 ? first : first & (0xff >> (length + 1)),
    );
    const least = [0, 0, 0x80, 0x800, 0x10000][length] ?? 0;
    if (whole && code < 0x110000 && (code < 0xd800 || code > 0xdfff) && (overlong || code >= least)) {
      text += String.fromCodePoint(code);
      at += length;
      continue;
    }
    if (broken === 'keep') text += `%${first.toString(16).padStart(2, '0')}`;
    if (broken === 'windows-1252') text += new TextDecoder('windows-1252').decode(Uint8Array.of(first));
    at++;
  }
  return text;
}

function decodeOnce(text: string, lenient: Lenient): string {
  const units = lenient.percentU
    ? text.replace(/%u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text;
  return units.replace(/(?:%[0-9a-f]{2})+/gi, (run) =>
    utf8(
      run
        .slice(1)
        .split('%')
        .map((hex) => Number.parseInt(hex, 16)),
      lenient,
    ),
  );
}

function inLetters(text: string, { letters, invisible }: Lenient): string {
  let now = invisible ? text.replace(/\u00ad|[\u200b-\u200f]|\u2060|\ufeff|[\ufe00-\ufe0f]/g, '') : text;
  if (letters === 'exact') return now;
  if (letters === 'best-fit') now = Array.from(now, (each) => BEST_FIT[each] ?? each).join('');
  if (letters === 'nfkc') now = now.normalize('NFKC');
  if (letters === 'best-fit' || letters === 'accents') now = now.normalize('NFKD').replace(/\p{M}/gu, '');
  return now.toUpperCase().toLowerCase();
}

function onNtfs(segment: string): string {
  return segment.replace(/:.*$/s, '').replace(/[. ]+$/, '');
}

/** Short names of a file or folder, as NTFS makes them. */
export function shortNames(name: string): readonly string[] {
  const dot = name.lastIndexOf('.');
  const [stem, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot, dot + 4)] : [name, ''];
  const clean = stem.replace(/[. ]/g, '').replace(/[+,;=[\]]/g, '_');
  if (clean.length < 7 && extension.length < 4) return [];
  const hashed = `${clean.slice(0, 2)}a1b2~1`;
  return [`${clean.slice(0, 6)}~1`, `${clean.slice(0, 6)}~4`, `${clean.slice(0, 5)}~12`, hashed].map(
    (x) => x + extension,
  );
}

/** The names that a server looks for. */
export function namesAt(lenient: Lenient, path: string): readonly string[] {
  let text = path;
  if (lenient.parameters === 'before') text = text.replace(/;[^/]*/g, '');
  for (let round = 0; round < lenient.rounds; round++) text = decodeOnce(text, lenient);
  if (lenient.plus) text = text.replaceAll('+', ' ');
  text = inLetters(text, lenient);
  if (lenient.parameters === 'rest') text = text.replace(/;.*$/s, '');
  if (lenient.parameters === 'after') text = text.replace(/;[^/]*/g, '');
  const names = text.split(lenient.backslash ? /[/\\]/ : '/').slice(1);
  const onDisk = lenient.windows ? names.map(onNtfs) : names;
  return lenient.merge ? onDisk.filter((name) => name !== '') : onDisk;
}

/** Whether what a server looks for lies at or under these names. */
export function isUnder(lenient: Lenient, found: readonly string[], ruled: readonly string[]): boolean {
  const key = (name: string): string => inLetters(name, lenient);
  return ruled.every((name, i) => {
    const given = found[i];
    if (given === undefined) return false;
    return given === key(name) || (lenient.windows && shortNames(key(name)).includes(given));
  });
}

const hex = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
const again = (text: string): string => text.replaceAll('%', '%25');
const unitOf = (text: string): string => `%25u${text.charCodeAt(0).toString(16).padStart(4, '0')}`;
const full = (text: string): string => String.fromCharCode(text.charCodeAt(0) + 0xfee0);
const ALIKE: Readonly<Record<string, string>> = {
  a: 'āáα',
  e: 'ēé℮',
  g: 'ġɡ',
  i: 'ıíİ',
  k: '\u212aķ',
  p: '℘',
  s: 'ſšσ',
};
const INVISIBLE = ['\u00ad', '\u200b', '\u200d', '\ufe0f', '\ufeff'];
const overlong = (c: string): string =>
  `%E0%${(0x80 | (c.charCodeAt(0) >> 6)).toString(16)}%${(0x80 | (c.charCodeAt(0) & 63)).toString(16)}`;

/** One character, in a spelling chosen by a number. */
function respell(c: string, choice: number): string {
  const other = ALIKE[c]?.[choice % 3] ?? c;
  const invisible = INVISIBLE[choice % INVISIBLE.length] ?? '';
  const latin = /^[\u00c0-\u00ff]$/.test(other) ? `%25${other.charCodeAt(0).toString(16)}` : hex(c);
  const forms = [
    c,
    c,
    c,
    c.toUpperCase(),
    hex(c),
    again(hex(c)),
    again(again(hex(c))),
    hex(full(c)),
    again(hex(full(c))),
  ];
  forms.push(
    unitOf(c),
    hex(other),
    again(hex(other)),
    c + hex(invisible),
    c + again(hex(invisible)),
    again(overlong(c)),
  );
  forms.push(latin, unitOf(other));
  return forms[choice % forms.length] ?? c;
}

const TAILS = [
  '',
  '',
  '',
  '',
  ';v=1',
  '%3Bx',
  '.',
  '%20',
  '%2E%20',
  '::$DATA',
  ':x',
  '::$INDEX_ALLOCATION',
  '+',
  '%25E0',
  '%253Bx',
];
const SLASHES = ['/', '/', '/', '//', '%2F', '/;x/', '/%20/', '%5C', '%EF%BC%8F', '%E2%88%95'];
const ENDS = ['', '/x', '/%25', '/x%25', '/%25zz', '/%25FF%25', '/%C3%A9%25C3', '/%25E0%2580', '/x%25%20', ';/x%25'];
const number = fc.nat(1_000_000);

/** A letter that is not ASCII, a blank or a plus sign: none of them has to be written as it is. */
function respellOther(c: string, choice: number): string {
  const blanks = ['%20', '+', '%2520', '%2B', '%252B'];
  const bare = c.normalize('NFKD').replace(/\p{M}/gu, '');
  const forms = /[ +]/.test(c)
    ? blanks
    : [c, c.toUpperCase(), c.normalize('NFD'), bare, bare.toUpperCase()].flatMap((each) => {
        return /^[A-Za-z]+$/.test(each) ? [each] : [hex(each), again(hex(each))];
      });
  return forms[choice % forms.length] ?? c;
}

function respellAny(c: string, choice: number): string {
  if (/[a-z0-9]/.test(c)) return respell(c, choice);
  return /[A-Z.-]/.test(c) ? c : respellOther(c, choice);
}

/** A path that some lenient server may take for one under `names`. */
export function respelled(names: readonly string[]): fc.Arbitrary<string> {
  const parts = names.map((name) =>
    fc
      .tuple(number, fc.array(number, { minLength: name.length, maxLength: name.length }), number, number)
      .map(([slash, choices, tail, short]) => {
        const shorts = shortNames(name);
        const said = short % 4 === 0 && shorts.length > 0 ? (shorts[short % shorts.length] ?? name) : name;
        const spelled = [...said].map((c, i) => respellAny(c, (choices[i] ?? 0) * (short % 3))).join('');
        return { slash: SLASHES[slash % SLASHES.length] ?? '/', segment: spelled + (TAILS[tail % TAILS.length] ?? '') };
      }),
  );
  return fc.tuple(fc.tuple(...parts), number).map(([made, end]) => {
    const path = made.map(({ slash, segment }, i) => (i === 0 ? '/' : slash) + segment).join('');
    return path + (ENDS[end % ENDS.length] ?? '');
  });
}
