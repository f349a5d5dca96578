import { CLASSES } from '../../../../coverage/reconcile.ts';

/** Accounts of one file at most. The command writes any number. */
export const EXPORTED = 10_000;

/** What accounts can be asked for: of a class, or dormant. */
export const STATES = [...CLASSES, 'dormant'] as const;
export type State = (typeof STATES)[number];

/** undefined: all are asked for; null: a state that there is not. */
export function stateOf(text: string | undefined): State | undefined | null {
  return text === undefined ? undefined : (STATES.find((each) => each === text) ?? null);
}

/** The page of an app's list, or of what belongs to it. */
export function listAddress(app: string, what = ''): string {
  return `/reconciliation/${encodeURIComponent(app)}${what}`;
}
