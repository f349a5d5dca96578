import { type Sample, SEEDS } from './seeds.ts';

/** Numbers from 0 up to and without 1, the same for the same seed. */
export function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What readers of HTTP have been seen to disagree about. */
const WORDS: readonly string[] = [
  ...[
    '\r',
    '\n',
    '\r\n',
    '\n\n',
    '\r\n\r\n',
    '\r\r\n',
    '\0',
    '\x0b',
    '\x7f',
    ' ',
    '\t',
    ':',
    ';',
    ',',
    '"',
    '\\',
    '\xff',
  ],
  ...[
    'Content-Length: 5\r\n',
    'Content-Length: 4\r\n',
    'Content-Length : 5\r\n',
    'content-length:5\r\n',
    'Content-Length: +5\r\n',
  ],
  ...[
    'Content-Length: 5, 5\r\n',
    'Content-Length: 0x5\r\n',
    'Content-Length: 99999999999999999999\r\n',
    'Content-Length:\r\n',
  ],
  ...['Transfer-Encoding: chunked\r\n', 'Transfer-Encoding: xchunked\r\n', 'Transfer-Encoding: gzip, chunked\r\n'],
  ...['Transfer-Encoding: chunked, identity\r\n', 'Transfer-Encoding : chunked\r\n', 'Transfer-Encoding:\tchunked\r\n'],
  ...['Transfer-Encoding: identity\r\n', 'Transfer-Encoding:\r\n', 'Transfer_Encoding: chunked\r\n', 'TE: chunked\r\n'],
  ...[
    'Connection: close\r\n',
    'Connection: keep-alive\r\n',
    'Connection: clos\r\n',
    'Connection: close, keep-alive\r\n',
  ],
  ...[
    'Connection: upgrade\r\nUpgrade: h2c\r\n',
    'Keep-Alive: timeout=1\r\n',
    ' folded\r\n',
    '\tfolded\r\n',
    'X\r\n',
    ': x\r\n',
  ],
  ...[
    'HTTP/1.1 ',
    'HTTP/1.0 ',
    'HTTP/1.2 ',
    'HTTP/2.0 ',
    'HTTP/0.9 ',
    'http/1.1 ',
    'ICY ',
    '200',
    '204',
    '304',
    '101',
    '100',
    '099',
    '1000',
  ],
  ...['HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', 'HTTP/1.0 103 Hints\r\n\r\n'],
  ...[
    '0\r\n\r\n',
    '0;a=b\r\n\r\n',
    '5\r\nhello\r\n',
    '-1\r\n',
    '0x5\r\n',
    '5 \r\n',
    ' 5\r\n',
    '5;\r\n',
    '5;a\r\n',
    '5; a=b\r\n',
    '5;a="b\r\n',
  ],
  ...[
    'FFFFFFFFFFFFFFFFF\r\n',
    '00000000000000000000\r\n',
    '5\n',
    '\r\nX-Trailer: 1\r\n\r\n',
    'Content-Length: 1\r\n\r\n',
  ],
];

interface Dice {
  below(most: number): number;
  of<T>(list: readonly T[]): T;
}

function dice(seed: number): Dice {
  const next = numbers(seed);
  const below = (most: number): number => Math.floor(next() * most);
  return { below, of: (list) => list[below(list.length)] as (typeof list)[number] }; // none of the lists is empty
}

type Mutation = (text: string, by: Dice) => string;

const cut = (text: string, by: Dice): [string, string, string] => {
  const at = by.below(text.length + 1);
  const end = Math.min(text.length, at + by.below(12));
  return [text.slice(0, at), text.slice(at, end), text.slice(end)];
};

/** Where a line begins, as nearly all that matters does. */
function lineStart(text: string, by: Dice): number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return by.of(starts);
}

const MUTATIONS: readonly Mutation[] = [
  (text, by) => {
    const at = by.below(text.length);
    return text.slice(0, at) + String.fromCharCode(by.below(256)) + text.slice(at + 1);
  },
  (text, by) => {
    const at = by.below(text.length + 1);
    return text.slice(0, at) + by.of(WORDS) + text.slice(at);
  },
  (text, by) => {
    const at = lineStart(text, by);
    return text.slice(0, at) + by.of(WORDS) + text.slice(at);
  },
  (text, by) => {
    const at = lineStart(text, by);
    return text.slice(0, at) + by.of(WORDS) + text.slice(at);
  },
  (text, by) => {
    const [before, , after] = cut(text, by);
    return before + after;
  },
  (text, by) => {
    const [before, piece, after] = cut(text, by);
    return before + piece + piece + after;
  },
  (text, by) => {
    const at = by.below(text.length);
    const c = text.charAt(at);
    return text.slice(0, at) + (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase()) + text.slice(at + 1);
  },
  (text, by) => text.slice(0, lineStart(text, by)) + by.of(SEEDS).text.slice(by.below(40)),
  (text, by) => text.slice(0, by.below(text.length + 1)),
  (text, by) => text + by.of(SEEDS).text,
];

/** One answer, the same for the same seed: a known one, changed in one to four places, or in one of ten in none. */
export function sampleOf(seed: number): Sample {
  const by = dice(seed);
  const { method, text } = by.of(SEEDS);
  let changed = text;
  for (let i = by.below(10) === 0 ? 0 : 1 + by.below(4); i > 0 && changed.length > 0; i -= 1)
    changed = by.of(MUTATIONS)(changed, by);
  // Upper case of some letters is not one byte.
  return { method, text: changed.replace(/[^\0-\xff]/g, '?') };
}

/** The same bytes in pieces, none of them empty. */
export function piecesOf(text: string, seed: number): Buffer[] {
  const by = dice(seed ^ 0x5bd1e995);
  const bytes = Buffer.from(text, 'latin1');
  if (by.below(3) === 0) return [bytes];
  const most = by.below(4) === 0 ? 3 : 60;
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + 1 + by.below(most));
    pieces.push(bytes.subarray(at, end));
    at = end;
  }
  return pieces;
}
