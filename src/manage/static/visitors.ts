import type { RuleConfig } from '../../config/types.ts';
import type { Facts, SessionFacts } from '../../gate/decide.ts';
import { NOBODY } from '../../rules/strictest.ts';

/** Where somebody stands: what of the facts says who they would have to be. */
export type Standing = Pick<Facts, 'appId' | 'realm' | 'now' | 'rule' | 'holders'>;

/** A kind of visitor: the decision tells no two of one kind apart. */
export interface Visitor {
  readonly id: string;
  readonly words: string;
  /** Whether they hold a session of this app that stands. */
  readonly session: boolean;
  /** Their session as the gate would see it; null: none. Undefined: nobody there can be such a visitor. */
  readonly facts: (at: Standing) => SessionFacts | null | undefined;
}

/** An account that nobody has: names hold no control characters. */
const STRANGER = '\0stranger';
const LONG_AGO = Number.NEGATIVE_INFINITY;

function groupsOf(rule: RuleConfig | null): readonly string[] {
  return (rule?.groups ?? []).filter((group) => group !== NOBODY);
}

/** Who has all that can be had there: a passkey used just now, a place in the rule's groups, and the app's one account. */
function everything({ appId, realm, now, rule, holders }: Standing): SessionFacts {
  const [accountName = STRANGER] = holders?.accounts ?? [];
  // By name where there are names, so that whoever is in no group of a rule may hold the account all the same.
  const held = accountName === STRANGER ? (holders?.groups ?? []) : [];
  const proven = { live: true, opensSession: true, phishingResistant: true, lastFactorAt: now, lastPasskeyAt: now };
  const who = { appId, realm, accountName, groups: [...groupsOf(rule), ...held] };
  return { ...who, ...proven, barred: null, passkeyOnly: false };
}

/** Undefined: nobody can be that. */
type Change = (all: SessionFacts, at: Standing) => Partial<SessionFacts> | undefined;

function changed(change: Change, at: Standing): SessionFacts | undefined {
  const all = everything(at);
  const other = change(all, at);
  return other === undefined ? undefined : { ...all, ...other };
}

function holder(id: string, words: string, change: Change): Visitor {
  return { id, words, session: true, facts: (at) => changed(change, at) };
}

function nobody(id: string, words: string, change: Change | null): Visitor {
  return { id, words, session: false, facts: (at) => (change === null ? null : changed(change, at)) };
}

/** Who holds the app's account, and is in no group of the rule: nobody, where the rule names every group that holds it. */
function outOfGroups({ groups }: SessionFacts, { rule, holders }: Standing): Partial<SessionFacts> | undefined {
  const named = groupsOf(rule);
  const left = groups.filter((group) => !named.includes(group));
  if (holders === null || holders.accounts.size > 0 || holders.groups.length === 0) return { groups: left };
  return left.some((group) => holders.groups.includes(group)) ? { groups: left } : undefined;
}

/**
 * Every kind of visitor. A sign-in that is half done is no session: the gate is given none (sessions/session.ts mints them from rows
 * of finished sign-ins alone), so who has one is nobody to it.
 */
export const VISITORS: readonly Visitor[] = [
  nobody('nobody', 'nobody has signed in', null),
  nobody('half', 'half signed in: the factor is missing', null),
  nobody('ended', 'a session that has ended, or whose account is disabled', () => ({ live: false })),
  nobody('single', 'a session without a second factor', () => ({ opensSession: false })),
  nobody('other-app', 'a session of another app', ({ appId }) => ({ appId: `${appId}\0other` })),
  nobody('other-realm', 'a session of another realm', ({ realm }) => ({ realm: `${realm}\0other` })),
  holder('barred', 'signed in, kept out by the policy of their organisation', () => ({ barred: 'kept out' })),
  holder('stranger', 'signed in, not among those who hold the one account of the app', (all, { holders }) => ({
    accountName: STRANGER,
    groups: holders === null ? all.groups : [],
  })),
  holder('must-passkey', 'signed in by code, while their organisation wants a passkey', () => ({
    passkeyOnly: true,
    phishingResistant: false,
    lastPasskeyAt: LONG_AGO,
  })),
  holder('no-group', 'signed in by passkey, in no group of the rule', outOfGroups),
  holder('code-old', 'signed in by code, long ago', () => ({
    phishingResistant: false,
    lastFactorAt: LONG_AGO,
    lastPasskeyAt: LONG_AGO,
  })),
  holder('code-new', 'signed in by code, just now', () => ({ phishingResistant: false, lastPasskeyAt: LONG_AGO })),
  holder('passkey-old', 'signed in by passkey long ago, by code just now', () => ({ lastPasskeyAt: LONG_AGO })),
  holder('everything', 'signed in by passkey just now, in the groups', () => ({})),
];
