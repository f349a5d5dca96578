import type { LoginStep, Surface } from '../config/login-types.ts';
import type { HeaderFields } from '../request/fields.ts';

/** An answer of the app, whole. */
export interface WholeAnswer {
  readonly status: number;
  readonly reason: string;
  readonly headers: HeaderFields;
  readonly body: Buffer;
}

/** What the head of a request means for an app with its own login. */
export type Reading =
  /** Another way in: refused, always. */
  | { readonly kind: 'door'; readonly why: string }
  /** Credentials, a session id or a second identity where none may stand: refused, always. */
  | { readonly kind: 'guarded'; readonly why: string }
  /** By method, path and query one of these steps; the body decides. */
  | { readonly kind: 'step'; readonly steps: readonly LoginStep[] }
  /** May be seen by anybody (`login-first`). */
  | { readonly kind: 'surface'; readonly surface: Surface }
  | { readonly kind: 'plain' };

export type Outcome =
  | { readonly kind: 'fail' }
  /** `probe`: the step's own predicates leave it to whoami. */
  | { readonly kind: 'ok' }
  | { readonly kind: 'next'; readonly step: string }
  | { readonly kind: 'unknown' };

/** Who the app says is signed in. */
export type Who =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'nobody' }
  /** A name and nobody at once: a default, or a name that was tried. It is never the account, and not surely nobody. */
  | { readonly kind: 'both' }
  /** Neither a name nor a known sign of nobody: nothing is concluded from it. */
  | { readonly kind: 'unclear' };
