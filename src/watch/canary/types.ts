/** Kinds of bypass, by what of a request they are made of. */
export const CLASSES = [
  'plain',
  'dot-segments',
  'reserved-prefix',
  'encodings',
  'target-form',
  'query',
  'method',
  'override',
  'forwarded',
  'identity',
  'hop-by-hop',
  'credentials',
  'host',
  'cookie',
  'upgrade',
  'expect',
  'framing',
] as const;

export type ProbeClass = (typeof CLASSES)[number];

/** One request that may bring nothing back from an app. */
export interface Probe {
  readonly class: ProbeClass;
  readonly method: string;
  /** The request line without its end. */
  readonly line: string;
  /** Lines of the head, Host among them. `{token}` is where a token of the canary stands. */
  readonly fields: readonly string[];
  /** What follows the head; `{token}` as above. */
  readonly body: string;
}

/** As whom it comes. */
export type Visitor = 'nobody' | 'half signed in' | 'ended session' | 'forged session';

/** What came of a request. `ours`: every answer is ours, and nothing left. `app`: something else came back. */
export type Verdict =
  | { readonly kind: 'ours' }
  /** Refused by what stands in front of us, and never handed on: how it put that. */
  | { readonly kind: 'front'; readonly says: string }
  | { readonly kind: 'silent' }
  | { readonly kind: 'unclear'; readonly why: string }
  | { readonly kind: 'app'; readonly answer: string };

export interface Failure {
  readonly class: ProbeClass;
  readonly visitor: Visitor;
  /** The request line, shortened and printable. */
  readonly request: string;
  /** The first line of what came back. */
  readonly answer: string;
}

/** One run against one app. */
export interface CanaryReport {
  readonly app: string;
  readonly origin: string;
  readonly asked: number;
  /** Answered by us, and nothing left. */
  readonly held: number;
  /** Closed without a byte. */
  readonly silent: number;
  /** Shown to be refused by what stands in front of us, and its answers, each once, at most 8. */
  readonly front: number;
  readonly frontSays: readonly string[];
  readonly failed: number;
  /** Neither shown to be ours nor the app's. */
  readonly unclear: number;
  /** The first of each class and visitor, at most 50. */
  readonly failures: readonly Failure[];
  /** The first reason of what is unclear; null: nothing is. */
  readonly unclearWhy: string | null;
  /** Why nothing could be tried; null: it could. */
  readonly unreachable: string | null;
  /** What is listed to answer without a session, and so was not tried. */
  readonly exceptions: readonly string[];
  readonly visitors: readonly Visitor[];
}

/** Whether it shows that nothing comes back: all was tried, and all is known. */
export function passed({ unreachable, failed, unclear, held }: CanaryReport): boolean {
  return unreachable === null && failed === 0 && unclear === 0 && held > 0;
}
