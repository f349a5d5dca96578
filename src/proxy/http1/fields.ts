import { SPACE, TAB, ZERO } from './bytes.ts';
import { invalid } from './invalid.ts';
import type { Lines } from './lines.ts';

/** The head of an answer. Texts hold one character for one byte. */
export interface AnswerHead {
  /** The version is HTTP/1.0 or HTTP/1.1. */
  readonly minor: 0 | 1;
  /** 100 to 999. */
  readonly status: number;
  /** May be empty. */
  readonly reason: string;
  /** Names and values in turn, as they came, without the blanks around a value. */
  readonly raw: readonly string[];
  /**
   * The value of Content-Length; null when there is none. With the blanks at its end, as the two that follow: readers differ about
   * them, Node's takes `chunked` with a tab behind for no coding at all.
   */
  readonly length: string | null;
  /** The value of Transfer-Encoding; null when there is none. */
  readonly coding: string | null;
  /** All lines of Connection, with commas between. */
  readonly connection: string;
  readonly keepAlive: string;
}

/** `HTTP/1.1 200`, and a reason behind a blank; the blank may be missing where there is no reason. */
const STATUS_END = 12;

function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - ZERO;
  return value >= 0 && value <= 9 ? value : Number.NaN;
}

function statusOf(line: string): number {
  const status = digit(line, 9) * 100 + digit(line, 10) * 10 + digit(line, 11);
  const minor = digit(line, 7);
  const blank = line.charCodeAt(8) === SPACE && (line.length === STATUS_END || line.charCodeAt(STATUS_END) === SPACE);
  if (!blank || !(minor <= 1) || !(status >= 100)) throw invalid('a questionable status line');
  return status;
}

const isBlank = (code: number): boolean => code === SPACE || code === TAB;

/** All of them, one after the other. Bounded by the size of a head. */
const joined = (before: string, value: string): string => (before === '' ? value : `${before},${value}`);

function once(before: string | null, value: string, name: string): string {
  if (before !== null) throw invalid(`${name} twice`);
  return value;
}

/** The head whose lines were found in `text`. Throws `upstream-invalid`. */
export function fieldsOf(text: string, lines: Lines): AnswerHead {
  const { marks } = lines;
  const line = text.slice(0, lines.first);
  const status = statusOf(line);
  const raw: string[] = [];
  let length: string | null = null;
  let coding: string | null = null;
  let connection = '';
  let keepAlive = '';
  for (let i = 0; i + 3 < marks.length; i += 4) {
    const name = text.slice(marks[i], marks[i + 1]);
    const start = marks[i + 2] ?? 0;
    const lineEnd = marks[i + 3] ?? 0;
    let end = lineEnd;
    while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
    const value = text.slice(start, end);
    raw.push(name, value);
    if (name.length === 14 && name.toLowerCase() === 'content-length')
      length = once(length, text.slice(start, lineEnd), 'Content-Length');
    else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding')
      coding = once(coding, text.slice(start, lineEnd), 'Transfer-Encoding');
    else if (name.length === 10) {
      const lower = name.toLowerCase();
      if (lower === 'connection') connection = joined(connection, text.slice(start, lineEnd));
      else if (lower === 'keep-alive') keepAlive = joined(keepAlive, value);
    }
  }
  const reason = line.slice(STATUS_END + 1);
  return { minor: line.charCodeAt(7) === ZERO ? 0 : 1, status, reason, raw, length, coding, connection, keepAlive };
}
