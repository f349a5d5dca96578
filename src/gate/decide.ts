import type { ExemptionConfig, RuleConfig } from '../config/types.ts';
import type { ErrorCode } from '../errors.ts';
import { type Holders, isHolder } from './holders.ts';

/** What is known of a session when a request is judged. */
export interface SessionFacts {
  readonly appId: string;
  readonly realm: string;
  /** In the realm's spelling. */
  readonly accountName: string;
  readonly groups: readonly string[];
  readonly live: boolean;
  readonly opensSession: boolean;
  readonly phishingResistant: boolean;
  readonly lastFactorAt: number;
  readonly lastPasskeyAt: number;
  /** Why the policy of its organisation keeps it out; null: it does not. */
  readonly barred: string | null;
  /** The policy of its organisation asks for a passkey. */
  readonly passkeyOnly: boolean;
}

export interface Facts {
  readonly appId: string;
  readonly realm: string;
  /** When the request came, ms; what was open before stays judged by that moment. */
  readonly now: number;
  readonly session: SessionFacts | null;
  /** The rule that decides for this path, or null: the floor alone applies. */
  readonly rule: RuleConfig | null;
  /** An exemption that is in force for exactly this method and path. */
  readonly exemption: ExemptionConfig | null;
  readonly upgrade: boolean;
  /** Upgrades only: the Origin header is the app's own or a listed one. */
  readonly originAllowed: boolean;
  /** What the head means to an app whose own login is bound; null for other apps. */
  readonly reading: 'door' | 'guarded' | 'step' | 'surface' | 'plain' | null;
  /** The app's sign-in comes before the factor: its surface and steps are open to anybody. */
  readonly loginFirst: boolean;
  /** Who holds the one account that the app has; null: it has others. */
  readonly holders: Holders | null;
  /** The declaration that the app's own login is not bound has expired. */
  readonly unboundExpired: boolean;
}

export type Decision =
  | { readonly kind: 'deny'; readonly code: ErrorCode; readonly why: string }
  | { readonly kind: 'challenge'; readonly step: 'sign-in' | 'step-up' | 'passkey'; readonly why: string }
  | { readonly kind: 'exempt'; readonly exemption: ExemptionConfig }
  | { readonly kind: 'surface' }
  | { readonly kind: 'step' }
  | { readonly kind: 'admit' };

const deny = (code: ErrorCode, why: string): Decision => ({ kind: 'deny', code, why });
const SURFACE: Decision = Object.freeze({ kind: 'surface' });
const STEP: Decision = Object.freeze({ kind: 'step' });
const ADMIT: Decision = Object.freeze({ kind: 'admit' });
const SIGN_IN: Decision = Object.freeze({ kind: 'challenge', step: 'sign-in', why: 'no session' });

/** Whether it is a session, of this app and realm, that stands. A session of another is none. */
export function holds(session: SessionFacts | null, appId: string, realm: string): session is SessionFacts {
  return session?.live === true && session.opensSession && session.appId === appId && session.realm === realm;
}

/**
 * The decision, pure: facts in, verdict out. It starts at no; the only `admit` is the last line. An exemption never covers
 * an upgrade, nor a request by which the app might sign somebody in.
 */
export function decide(facts: Facts): Decision {
  const { session, rule } = facts;
  if (facts.upgrade && !facts.originAllowed) return deny('wrong-origin', 'upgrade from another origin');
  if (facts.unboundExpired) return deny('forbidden', 'the declaration that this app is unbound has expired');
  const { reading } = facts;
  if (!holds(session, facts.appId, facts.realm)) {
    if (facts.upgrade || reading === 'door' || reading === 'guarded') return SIGN_IN;
    if (facts.exemption !== null && reading !== 'step') return { kind: 'exempt', exemption: facts.exemption };
    if (facts.loginFirst && reading === 'step') return STEP;
    return facts.loginFirst && reading === 'surface' ? SURFACE : SIGN_IN;
  }
  if (facts.holders !== null && !isHolder(facts.holders, session))
    return deny('forbidden', 'not among those who hold the one account of this app');
  if (session.barred !== null) return deny('forbidden', session.barred);
  if (reading === 'door') return deny('forbidden', 'another way to sign in at the app');
  if (reading === 'guarded') return deny('credentials-misplaced', 'credentials or an identity outside of a sign-in');
  if (session.passkeyOnly && !session.phishingResistant)
    return { kind: 'challenge', step: 'passkey', why: 'the organisation requires a passkey' };
  if (rule !== null) {
    if (rule.groups.length > 0 && !rule.groups.some((group) => session.groups.includes(group)))
      return deny('forbidden', `not in a group of ${rule.path}`);
    if (rule.require === 'passkey' && !session.phishingResistant)
      return { kind: 'challenge', step: 'passkey', why: `${rule.path} requires a passkey` };
    // A code typed a minute ago does not make an old passkey fresh.
    const passkey = rule.require === 'passkey';
    const usedAt = passkey ? session.lastPasskeyAt : session.lastFactorAt;
    if (rule.maxAgeMs !== null && !(facts.now - usedAt <= rule.maxAgeMs)) {
      const step = passkey ? 'passkey' : 'step-up';
      return { kind: 'challenge', step, why: `${rule.path} wants a factor used more recently` };
    }
  }
  if (reading === 'step' && !facts.upgrade) return STEP;
  return ADMIT;
}
