import { z } from 'zod';
import { normalised } from '../lib/normal.ts';
import { type Reach, ROLES } from '../roles.ts';
import { type AccountFilter, type FoundAccount, STATES } from '../store/view-types.ts';
import { grantForm, knownRoles } from './account-view.ts';
import { needRealm } from './find.ts';
import { needOrganisation } from './organisations.ts';
import { cursorForm, cursorOf, limitForm, lineForm, momentForm, placeIn, placeText } from './places.ts';
import { query, type Reading } from './query.ts';

/** Accounts are counted so far; of more it is said that there are more. */
const COUNTED = 10_000;
/** So far where no index leads to what is asked for, and everybody is looked at: parts of a text, and whoever is old enough. */
const SLOWLY_COUNTED = 1_000;
const AT_ONCE = 50;

/** How an account stands; `none`: it has nothing to sign in with, and no open ticket. */
export const stateForm = z.enum(STATES);
const kindForm = z.enum(['totp', 'passkey', 'recovery']);

const form = z.strictObject({
  /** Part of a name or an e-mail address, or a whole id. */
  text: lineForm.optional(),
  realm: z.string().optional(),
  /** By id or name. */
  organisation: z.string().optional(),
  /** `role`: holds one. */
  state: z.enum([...STATES, 'role']).optional(),
  /** Has one of these that works. */
  factor: kindForm.optional(),
  group: lineForm.optional(),
  /** Older than this, and nothing of it was used for as long, ms. */
  unusedFor: momentForm.optional(),
  limit: limitForm(200).optional(),
  cursor: cursorForm.optional(),
});
export type AccountWish = Readonly<z.infer<typeof form>>;

/** An account in a list. Moments in ms. */
const row = z.strictObject({
  id: z.string(),
  realm: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  organisationId: z.string(),
  organisation: z.string().nullable(),
  state: stateForm,
  /** Kinds of its authenticators that work. */
  factors: z.array(kindForm).readonly(),
  /** When one of its authenticators was last used. */
  lastUsedAt: z.number().nullable(),
  /** When its open ticket ends. */
  ticketUntil: z.number().nullable(),
  groups: z.array(z.string()).readonly(),
  roles: z.array(grantForm).readonly(),
  createdAt: z.number(),
  disabledAt: z.number().nullable(),
});
export type AccountRowView = Readonly<z.infer<typeof row>>;

const page = z.strictObject({
  rows: z.array(row).readonly(),
  /** How many there are in all; with `more`, at least so many. */
  total: z.number(),
  more: z.boolean(),
  /** Where to go on; null: that was the last. */
  next: z.string().nullable(),
});
export type AccountPage = Readonly<z.infer<typeof page>>;

const ascii = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

/** Names are canonical, which upper case first brings about for letters outside ASCII too (accounts/name.ts); addresses are as typed. */
function textOf(typed: string): NonNullable<AccountFilter['text']> {
  const id = typed.trim();
  return { id, plain: ascii(id), folded: normalised(id, 'NFKC').toUpperCase().toLowerCase() };
}

/** What is looked for, in the words of the store. Throws `usage`, `not-found`. */
async function filterOf(ctx: Reading, wish: AccountWish): Promise<AccountFilter> {
  const { text = '', state, factor, group, unusedFor } = wish;
  const at = ctx.clock.now();
  const realm = wish.realm === undefined ? undefined : needRealm(ctx, wish.realm).id;
  const organisation =
    wish.organisation === undefined ? undefined : await needOrganisation(ctx, wish.organisation, realm);
  return {
    reach: ctx.reach,
    at,
    ...(text.trim() === '' ? {} : { text: textOf(text) }),
    ...(realm === undefined ? {} : { realm }),
    ...(organisation === undefined ? {} : { organisationId: organisation.id }),
    ...(state === undefined ? {} : { state }),
    ...(factor === undefined ? {} : { factor }),
    ...(group === undefined || group === '' ? {} : { group }),
    ...(unusedFor === undefined ? {} : { unusedSince: at - unusedFor }),
  };
}

function view({ account, ...rest }: FoundAccount, reach: Reach): AccountRowView {
  const { passwordHash: _passwordHash, ...shown } = account;
  return { ...shown, roles: knownRoles(account, reach), ...rest };
}

const placeForm = z.tuple([placeText, placeText]);

/** Accounts by what is known of them, by name. Throws `usage`, `not-found` for an organisation that there is not. */
export const findAccounts = query({
  name: 'account.find',
  does: 'accounts by name, organisation, state, factor, group or last use',
  needs: { roles: ROLES, of: 'reach' },
  http: 'GET /accounts',
  input: form,
  output: page,
  async read(ctx, wish) {
    const { limit = AT_ONCE } = wish;
    const place = placeIn(wish.cursor, placeForm);
    const filter = await filterOf(ctx, wish);
    const after = place === undefined ? undefined : { name: place[0], id: place[1] };
    const found = await ctx.store.views.accounts(filter, limit + 1, after);
    const rows = found.slice(0, limit).map((row) => view(row, ctx.reach));
    const last = rows.at(-1);
    const next = found.length > limit && last !== undefined ? cursorOf([last.name, last.id]) : null;
    // A first page that has room left is all that there is.
    const whole = place === undefined && next === null;
    const along = filter.unusedSince === undefined && filter.text === undefined;
    const most = along ? COUNTED : SLOWLY_COUNTED;
    const count = whole ? rows.length : await ctx.store.views.countAccounts(filter, most);
    return { rows, total: Math.min(count, most), more: count > most, next };
  },
});
