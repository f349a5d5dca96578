import { withoutEnds } from '../../lib/trim.ts';
import type { AnswerHead } from './fields.ts';
import { invalid } from './invalid.ts';

/** How an answer ends: with its head, after so many bytes, by its last chunk, or with the connection. */
export type Extent = 'none' | 'length' | 'chunked' | 'close';

/** What a head says about itself (RFC 9112 §6.3, §9.3). */
export interface Framing {
  readonly extent: Extent;
  /** Bytes of body; 0 unless `extent` is `length`. */
  readonly length: number;
  /** The connection is good for another request once this answer is over. */
  readonly reusable: boolean;
  /** How long it may be idle until then, ms. */
  readonly keptMs: number;
}

/** Bytes are counted exactly up to here, and nobody sends more. */
const LENGTH = /^[0-9]{1,15}$/;

/** The members of a list, in lower case (RFC 9110 §5.6.1), without `blanks` around them. */
function members(list: string, blanks = ' \t'): string[] {
  return list
    .toLowerCase()
    .split(',')
    .map((member) => withoutEnds(member, blanks));
}

function isKept(minor: number, connection: string): boolean {
  if (connection === '') return minor === 1;
  if (connection === 'keep-alive') return true;
  if (members(connection).includes('close')) return false;
  // Not every reader sees through a tab: where it matters, who is not sure does not go on.
  return minor === 1 || members(connection, ' ').includes('keep-alive');
}

/** Unless the app says how long it keeps an idle connection, ms. */
export const KEPT_MS = 4_000;
/** Less than it says, for a request that is on its way, ms. */
const MARGIN_MS = 2_000;
const MOST_KEPT_MS = 600_000;
const TIMEOUT = /^timeout="?([0-9]{1,6})/;

/** RFC 2068 §19.7.1.1, which nothing has replaced. */
function keptMs(keepAlive: string): number {
  if (keepAlive === '') return KEPT_MS;
  for (const member of members(keepAlive)) {
    const said = TIMEOUT.exec(member);
    if (said !== null) return Math.min(Number(said[1]) * 1000 - MARGIN_MS, MOST_KEPT_MS);
  }
  return KEPT_MS;
}

/** Throws for lengths and codings that two readers could take for two things. */
function bodyOf({ minor, length, coding }: AnswerHead): { extent: Extent; length: number } {
  if (coding !== null) {
    if (coding.toLowerCase() !== 'chunked') throw invalid('a transfer coding other than chunked');
    if (length !== null) throw invalid('both Content-Length and Transfer-Encoding');
    if (minor === 0) throw invalid('a transfer coding by HTTP/1.0');
    return { extent: 'chunked', length: 0 };
  }
  if (length === null) return { extent: 'close', length: 0 };
  if (!LENGTH.test(length)) throw invalid('a questionable Content-Length');
  const size = Number(length);
  return { extent: size === 0 ? 'none' : 'length', length: size };
}

/**
 * How the answer to a request of that method ends. Throws `upstream-invalid` for a head that contradicts itself.
 */
export function framingOf(head: AnswerHead, method: string): Framing {
  const { status } = head;
  const body = bodyOf(head);
  const interim = status < 200;
  if (interim && (head.coding !== null || body.length > 0)) throw invalid('an interim answer with a body');
  const idle = keptMs(head.keepAlive);
  const kept = isKept(head.minor, head.connection) && idle > 0;
  // Some send a body with the answer to HEAD, and who announces one at 204 or 304 may send it: it would be the next answer.
  if (method === 'HEAD' || interim) return { extent: 'none', length: 0, reusable: false, keptMs: idle };
  if (status === 204 || status === 304) {
    const reusable = kept && body.length === 0 && head.coding === null;
    return { extent: 'none', length: 0, reusable, keptMs: idle };
  }
  return { ...body, reusable: kept && body.extent !== 'close', keptMs: idle };
}
