import { SallyportError } from '../errors.ts';
import { covers, type Grant, OWNER, reachOf, within } from '../roles.ts';
import type { AccountRow, AccountStore, TokenStore } from '../store/types.ts';
import type { Authority, Needs, Warrant } from './authority.ts';

/** Where it is looked up what somebody holds: the store, or a transaction. */
export interface Holdings {
  readonly accounts: Pick<AccountStore, 'byId'>;
  readonly tokens: Pick<TokenStore, 'byId'>;
}

/** What is asked for: its name, and what it needs. */
export interface Asked {
  readonly name: string;
  readonly needs: Needs;
}

const refuse = (why: string): never => {
  throw new SallyportError('forbidden', why);
};

async function rolesOf({ accounts }: Holdings, accountId: string): Promise<readonly Grant[]> {
  const row = await accounts.byId(accountId);
  return row === undefined || row.disabledAt !== null ? [] : row.roles;
}

/** What somebody holds, and the account that it is of. */
type Held = Pick<Warrant, 'grants' | 'self'>;

/** A token is worth no more than whoever made it holds today; one that was made on the machine stands for itself. */
async function tokenHeld(from: Holdings, tokenId: string, { name }: Asked, now: number): Promise<Held> {
  const token = await from.tokens.byId(tokenId);
  if (token === undefined || token.revokedAt !== null || token.expiresAt <= now) return refuse('the token is over');
  if (!token.operations.includes(name)) return refuse(`the token is not for ${name}`);
  if (token.accountId === null) return { grants: token.grants, self: null };
  const makers = await rolesOf(from, token.accountId);
  return { grants: token.grants.filter((grant) => covers(makers, [grant])), self: token.accountId };
}

/** What the asker holds now. Throws `forbidden` for a token that is over, or not for this. */
export async function heldBy(from: Holdings, authority: Authority, asked: Asked, now: number): Promise<Held> {
  switch (authority.kind) {
    case 'machine':
      return { grants: [OWNER], self: null };
    case 'person':
      return { grants: await rolesOf(from, authority.accountId), self: authority.accountId };
    case 'token':
      return tokenHeld(from, authority.tokenId, asked, now);
    default:
      return authority satisfies never;
  }
}

/**
 * Whether the asker may do it at all, and within which organisations. Starts at no. Throws `forbidden`, or `step-up-required` where
 * nothing but a factor used of late is missing.
 */
export async function judge(from: Holdings, authority: Authority, asked: Asked, now: number): Promise<Warrant> {
  const { name, needs } = asked;
  const held = await heldBy(from, authority, asked, now);
  const grants = held.grants.filter(({ role }) => needs.roles.includes(role));
  const reach = reachOf(grants, needs.roles);
  if (reach === null) return refuse(`no role that may ask for ${name}`);
  if (needs.of === 'everything' && reach !== 'all') return refuse(`${name} is not for single organisations`);
  if (needs.fresh === true && authority.kind === 'person' && !authority.fresh)
    throw new SallyportError('step-up-required', `${name} wants a factor used within five minutes`);
  return { reach, grants, self: held.self };
}

/**
 * Whether it may be done to this account: of an organisation within reach, else it is as if there were none; and of nobody who
 * holds more than the asker gives, a help desk giving nothing. Throws `not-found`, `forbidden`.
 */
export function judgeAccount(
  account: AccountRow,
  { needs }: Asked,
  { reach, grants, self }: Warrant,
  asker: Authority,
): void {
  if (!within(reach, account.organisationId))
    throw new SallyportError('not-found', 'the account was removed meanwhile');
  if (self === account.id) {
    if (needs.fresh === true) refuse('nobody does to themselves what changes who can get in');
    if (asker.kind === 'person') return;
  }
  if (!covers(grants, account.roles)) refuse('the person holds a role that the asker may not act upon');
}
