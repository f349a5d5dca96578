import type { Match } from '../filter/match.ts';
import type { Filter } from '../filter/types.ts';
import type { Attribute } from '../schema/types.ts';

/** One operation of a message; what is undefined was not sent. */
export interface PatchOperation {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: string | undefined;
  /** Anything that JSON can hold. */
  readonly value: unknown;
}

/** What an operation is about. */
export interface Target {
  readonly attribute: Attribute;
  readonly part: Attribute | undefined;
  /** Which of its values; undefined: all. */
  readonly chosen: { readonly where: Filter; readonly match: Match } | undefined;
}

/** An operation on one attribute, its path understood. */
export interface Step {
  readonly op: PatchOperation['op'];
  readonly target: Target;
  readonly value: unknown;
}
