import { z } from 'zod';
import { SallyportError } from '../errors.ts';
import { sha256 } from '../lib/bytes.ts';
import { formatDuration } from '../lib/duration.ts';
import { randomToken } from '../lib/random.ts';
import { covers, type Grant, type Reach, ROLES, reachOf, within } from '../roles.ts';
import type { TokenRow } from '../store/types.ts';
import { grantForm } from './account-view.ts';
import { type Administration, administration } from './administration.ts';
import type { ManageContext } from './context.ts';
import { noSuch } from './find.ts';
import { needOrganisation, textFault } from './organisations.ts';
import { query } from './query.ts';

const DAY = 86_400_000;
/** Bounds and default of a token's life, ms. */
export const TOKEN_LIFE = { min: 5 * 60_000, default: 90 * DAY, max: 366 * DAY } as const;
const TOKEN_BYTES = 32;
/** What a secret begins with, so that one that lies about is known for what it is. */
export const TOKEN_PREFIX = 'sallyport_';

const wish = z.strictObject({
  name: z.string(),
  role: z.enum(ROLES),
  /** By id or name; left out: everything. */
  organisations: z.array(z.string()).max(100).readonly().optional(),
  /** Names of the acts and lists that it is for. */
  operations: z.array(z.string()).min(1).max(200).readonly(),
  ttlMs: z.number().optional(),
});
export type TokenWish = Readonly<z.infer<typeof wish>>;

/** A token as it is shown: nothing of its secret. Moments in ms. */
const tokenView = z.strictObject({
  id: z.string(),
  name: z.string(),
  createdBy: z.string(),
  grants: z.array(grantForm).readonly(),
  operations: z.array(z.string()).readonly(),
  createdAt: z.number(),
  expiresAt: z.number(),
  lastUsedAt: z.number().nullable(),
  revokedAt: z.number().nullable(),
});
export type TokenView = Readonly<z.infer<typeof tokenView>>;

const issued = tokenView.extend({ secret: z.string() });
export type IssuedToken = Readonly<z.infer<typeof issued>>;

function view({ hash: _hash, accountId: _accountId, ...shown }: TokenRow): TokenView {
  return shown;
}

function lifeOf(asked: number | undefined): number {
  const ttl = asked ?? TOKEN_LIFE.default;
  if (Number.isFinite(ttl) && ttl >= TOKEN_LIFE.min && ttl <= TOKEN_LIFE.max) return ttl;
  throw new SallyportError(
    'usage',
    `a token lives ${formatDuration(TOKEN_LIFE.min)} to ${formatDuration(TOKEN_LIFE.max)}`,
  );
}

/** What was made for a token before its transaction. `ttl` in ms. */
interface Given {
  readonly id: string;
  readonly secret: string;
  readonly ttl: number;
  readonly grants: readonly Grant[];
}

async function grantsFor(ctx: ManageContext, { role, organisations }: TokenWish): Promise<readonly Grant[]> {
  if (organisations === undefined) return [{ role, organisation: null }];
  const rows = await Promise.all(organisations.map((each) => needOrganisation(ctx, each)));
  if (rows.length === 0)
    throw new SallyportError('usage', 'name at least one organisation, or leave them out for everything');
  return rows.map(({ id }) => ({ role, organisation: id }));
}

function checkWish({ name, operations }: TokenWish, known: readonly string[]): void {
  const fault = name === '' ? 'the name is empty' : textFault('the name', name, 100);
  if (fault !== undefined) throw new SallyportError('usage', fault);
  const stranger = operations.find((each) => !known.includes(each));
  if (stranger !== undefined) throw noSuch('operation', stranger, known);
}

/** What is kept of a new token: its secret as a hash alone. */
function newRow(
  { ctx, now }: { readonly ctx: ManageContext; readonly now: number },
  { name, operations }: TokenWish,
  { id, secret, ttl, grants }: Given,
): TokenRow {
  const { authority, actor: createdBy } = ctx;
  return {
    id,
    hash: sha256(secret),
    name,
    createdBy,
    accountId: authority.kind === 'person' ? authority.accountId : null,
    grants,
    operations: [...new Set(operations)],
    createdAt: now,
    expiresAt: now + ttl,
    lastUsedAt: null,
    revokedAt: null,
  };
}

/**
 * Makes a token for a program: what it may do, with which role, for which organisations, for how long. Its secret is in the answer
 * and nowhere else. It is never worth more than whoever made it. `known`: the names that there are. Throws `usage`, `not-found`,
 * `forbidden`.
 */
export function tokenIssue(known: () => readonly string[]): Administration<TokenWish, IssuedToken> {
  return administration({
    name: 'token.issue',
    does: 'makes a token by which a program may ask for some of these',
    who: 'administrator',
    needs: { roles: ['owner', 'administrator'], of: 'reach', fresh: true },
    http: 'POST /tokens',
    input: wish,
    output: issued,
    lock: { none: 'a token that nobody has yet' },
    records: ['token.issue'],
    async find({ ctx, input }) {
      if (ctx.authority.kind === 'token') throw new SallyportError('forbidden', 'a token makes no tokens');
      const ttl = lifeOf(input.ttlMs);
      checkWish(input, known());
      const secret = `${TOKEN_PREFIX}${randomToken(ctx.random, TOKEN_BYTES)}`;
      return { ttl, secret, id: randomToken(ctx.random, 16), grants: await grantsFor(ctx, input) };
    },
    async run({ tx, ctx, input, given, now }) {
      const { id, ttl, secret, grants } = given;
      if (!covers(ctx.grants, grants))
        throw new SallyportError('forbidden', 'nobody gives a role that they do not hold');
      const row = newRow({ ctx, now }, input, given);
      await tx.tokens.insert(row);
      const held = grants.map(({ role, organisation }) => `${role}:${organisation ?? 'everything'}`).join(' ');
      const detail = {
        token: id,
        name: row.name,
        grants: held,
        operations: row.operations.join(' '),
        ttl: formatDuration(ttl),
      };
      return { value: { ...view(row), secret }, record: [{ kind: 'token.issue', detail }] };
    },
  });
}

/** Whether a token lies wholly within what somebody may know of. */
function isWithin(reach: Reach, { grants }: TokenRow): boolean {
  const over = reachOf(grants, ROLES) ?? 'all';
  return reach === 'all' || (over !== 'all' && [...over].every((each) => within(reach, each)));
}

/** Ends a token at once. Throws `not-found`. */
export const revokeToken = administration({
  name: 'token.revoke',
  does: 'ends a token of a program',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator'], of: 'reach' },
  http: 'DELETE /tokens/{id}',
  input: z.strictObject({ id: z.string() }),
  output: tokenView,
  lock: { none: 'of two that end a token, one does' },
  records: ['token.revoke'],
  find: () => ({}),
  async run({ tx, ctx, input: { id }, now }) {
    const row = await tx.tokens.byId(id);
    const within = row !== undefined && isWithin(ctx.reach, row);
    if (within && !covers(ctx.grants, row.grants))
      throw new SallyportError('forbidden', 'the token holds more than the asker gives');
    if (!within || !(await tx.tokens.revoke(id, now)))
      throw new SallyportError('not-found', `there is no token ${JSON.stringify(id.slice(0, 64))} that could end`);
    const value = view({ ...row, revokedAt: now });
    return { value, record: [{ kind: 'token.revoke', detail: { token: id, name: row.name } }] };
  },
});

/** Tokens, those that are over too while they are kept, newest first. */
export const listTokens = query({
  name: 'token.list',
  does: 'tokens of programs, what they are for, and when they were last used',
  needs: { roles: ['owner', 'administrator', 'auditor'], of: 'reach' },
  http: 'GET /tokens',
  input: z.strictObject({}),
  output: z.array(tokenView).readonly(),
  async read({ store, reach }) {
    return (await store.tokens.list()).filter((row) => isWithin(reach, row)).map(view);
  },
});
