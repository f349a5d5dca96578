import { CANARY } from '../../assertions/canary-marks.ts';
import { type ErrorCode, SallyportError } from '../../errors.ts';
import { socketRefusal } from '../../request/socket-refusal.ts';
import { answersIn, type RawAnswer } from './answers.ts';
import type { Back } from './ask.ts';
import type { Doubt } from './front.ts';
import type { Probe, Verdict } from './types.ts';

/** What is refused before a field of the head is known, and so before a mark could be: known by every byte. */
const UNREAD: readonly ErrorCode[] = ['bad-request', 'head-too-large', 'request-too-slow', 'method-not-allowed'];
const WITHOUT_MARK: ReadonlySet<string> = new Set(UNREAD.map((code) => socketRefusal(new SallyportError(code))));

/** By which a server says of any request that it does not reach us now: whoever floods it must not close signing in by that. */
export const OUT_OF_REACH: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** Kinds of request that are broken, or name another host. */
const BROKEN: ReadonlySet<Probe['class']> = new Set([
  ...(['framing', 'target-form', 'encodings', 'dot-segments', 'reserved-prefix'] as const),
  ...(['host', 'method', 'upgrade', 'expect', 'cookie'] as const),
]);

export interface Known {
  /** The mark of this request. */
  readonly mark: string;
  /** Whether a mark is of another request of this run. */
  readonly isOthers: (mark: string) => boolean;
  /** The operator has servers of their own in front of us. */
  readonly fronted: boolean;
}

export const isOurs = (answer: RawAnswer, mark: string): boolean => {
  const marks = answer.all(CANARY);
  return (marks.length === 1 && marks[0] === mark) || WITHOUT_MARK.has(answer.text);
};

/** RFC 9110 §15.2: it says that an answer will come, and nothing of anybody. 101 is the answer. */
const isInterim = ({ status }: RawAnswer): boolean => status >= 100 && status < 200 && status !== 101;

function silent(probe: Probe, ended: Back['ended'], fronted: boolean): Verdict {
  if (ended === 'late') return { kind: 'unclear', why: 'no answer in time' };
  if (probe.class === 'framing' || (fronted && BROKEN.has(probe.class))) return { kind: 'silent' };
  return { kind: 'unclear', why: 'closed without an answer' };
}

/**
 * Judges what came back to one request. It is ours when each answer on the connection carries the mark that only we can make, and make for
 * nothing that was admitted; anything else is taken for the app's, but where servers stand in front of us: then it is to be found out who
 * made it, and these answers are handed back.
 */
export function judge(probe: Probe, bytes: string, { text, ended }: Back, known: Known): Verdict | Doubt {
  const { mark, isOthers, fronted } = known;
  if (text === '') return silent(probe, ended, fronted);
  const strangers = answersIn(text, probe.method === 'HEAD').filter((answer) => !isOurs(answer, mark));
  const [first] = strangers;
  if (first === undefined) return { kind: 'ours' };
  const kept = strangers.find((answer) => answer.all(CANARY).some(isOthers));
  if (kept !== undefined)
    return { kind: 'app', answer: `${kept.line}: the answer to another request: something in front keeps answers` };
  if (!fronted) return { kind: 'app', answer: first.line };
  const last = strangers.filter((answer) => !isInterim(answer));
  if (last.length === 0 && answersIn(text, false).length > strangers.length) return { kind: 'ours' };
  const away = last.find(({ status }) => OUT_OF_REACH.has(status));
  if (away !== undefined) return { kind: 'unclear', why: `${away.line}: what stands in front does not reach us` };
  return { probe, bytes, mark, strangers: last, broken: BROKEN.has(probe.class) };
}
