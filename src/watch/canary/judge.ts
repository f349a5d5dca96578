import { CANARY } from '../../assertions/canary-marks.ts';
import { type ErrorCode, SallyportError } from '../../errors.ts';
import { socketRefusal } from '../../request/socket-refusal.ts';
import { answersIn, type RawAnswer } from './answers.ts';
import type { Back } from './ask.ts';
import type { Probe, Verdict } from './types.ts';

/** What is refused before a field of the head is known, and so before a mark could be: known by every byte. */
const UNREAD: readonly ErrorCode[] = ['bad-request', 'head-too-large', 'request-too-slow', 'method-not-allowed'];
const WITHOUT_MARK: ReadonlySet<string> = new Set(UNREAD.map((code) => socketRefusal(new SallyportError(code))));

/** Statuses by which a server in front of us turns a broken request away by itself. */
const TURNED_AWAY: ReadonlySet<number> = new Set([
  ...[400, 403, 404, 405, 408, 411, 413, 414, 417, 421, 426, 431, 501, 505],
]);
/** By which it says of any request that it does not reach us now: whoever floods it must not close signing in by that. */
const OUT_OF_REACH: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** Kinds of request that are broken, or name another host. */
const BROKEN: ReadonlySet<Probe['class']> = new Set([
  ...(['framing', 'target-form', 'encodings', 'dot-segments', 'reserved-prefix'] as const),
  ...(['host', 'method', 'upgrade', 'expect', 'cookie'] as const),
]);

export interface Known {
  /** The mark of this request. */
  readonly mark: string;
  /** The operator has servers of their own in front of us. */
  readonly fronted: boolean;
}

const isOurs = (answer: RawAnswer, mark: string): boolean => {
  const marks = answer.all(CANARY);
  return (marks.length === 1 && marks[0] === mark) || WITHOUT_MARK.has(answer.text);
};

/**
 * Judges what came back to one request. It is ours when each answer on the connection carries the mark that only we can make, and make for
 * nothing that was admitted; anything else is taken for the app's, but for what servers in front of us refuse by themselves, which nobody can
 * tell from here.
 */
export function judge(probe: Probe, { text, ended }: Back, { mark, fronted }: Known): Verdict {
  if (text === '') {
    if (probe.class === 'framing' && ended !== 'late') return { kind: 'silent' };
    return { kind: 'unclear', why: ended === 'late' ? 'no answer in time' : 'closed without an answer' };
  }
  const stranger = answersIn(text, probe.method === 'HEAD').find((answer) => !isOurs(answer, mark));
  if (stranger === undefined) return { kind: 'ours' };
  const isTurnedAway = BROKEN.has(probe.class) && TURNED_AWAY.has(stranger.status);
  if (fronted && (isTurnedAway || OUT_OF_REACH.has(stranger.status)))
    return { kind: 'unclear', why: `${stranger.line}: not ours, perhaps of a server in front of us` };
  return { kind: 'app', answer: stranger.line };
}
