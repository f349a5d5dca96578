import type { Grant, Reach, Role } from '../roles.ts';

/** Who asks for an act or a list. */
export type Authority =
  /** Whoever runs commands on this machine, or Sallyport at its start: has the files, and so may do all that there is. */
  | { readonly kind: 'machine' }
  /** Signed in at the console; `fresh`: used a factor within five minutes. */
  | { readonly kind: 'person'; readonly accountId: string; readonly fresh: boolean }
  /** A program with an API token. */
  | { readonly kind: 'token'; readonly tokenId: string };

export const MACHINE: Authority = Object.freeze({ kind: 'machine' });

/** What an act or a list asks of whoever wants it. */
export interface Needs {
  /** One of these. */
  readonly roles: readonly Role[];
  /**
   * What the role must be held for. `account`: the organisation of the account that it is about. `organisation`: the one that is
   * named. `everything`: no organisation alone will do. `reach`: it does, or shows, no more than lies within.
   */
  readonly of: 'account' | 'organisation' | 'everything' | 'reach';
  /** It changes who can get in: a person must have used a factor within five minutes, and does it to nobody's own self. */
  readonly fresh?: true;
}

/** What somebody may do it with, once judged. */
export interface Warrant {
  readonly reach: Reach;
  /** Those of the asker's grants that allow it. */
  readonly grants: readonly Grant[];
  /** The account of whoever asks, or made the token that does: to it nobody does what changes who can get in. null: none. */
  readonly self: string | null;
}
