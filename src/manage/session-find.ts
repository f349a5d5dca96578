import { z } from 'zod';
import { ROLES } from '../roles.ts';
import type { SessionFilter } from '../store/view-types.ts';
import { needAccount, needRealm } from './find.ts';
import { needOrganisation } from './organisations.ts';
import { cursorForm, cursorOf, limitForm, lineForm, placeIn, placeText } from './places.ts';
import { query, type Reading } from './query.ts';
import { sessionView, sessionViews } from './sessions.ts';

const COUNTED = 10_000;
const AT_ONCE = 50;

const form = z.strictObject({
  account: z.string().optional(),
  realm: z.string().optional(),
  app: lineForm.optional(),
  /** By id or name. */
  organisation: z.string().optional(),
  limit: limitForm(500).optional(),
  cursor: cursorForm.optional(),
});
export type SessionWish = Readonly<z.infer<typeof form>>;

const page = z.strictObject({
  /** The newest first. */
  rows: z.array(sessionView.extend({ organisationId: z.string() })).readonly(),
  /** How many there are in all; with `more`, at least so many. */
  total: z.number(),
  more: z.boolean(),
  next: z.string().nullable(),
});
export type SessionPage = Readonly<z.infer<typeof page>>;

const placeForm = z.tuple([z.int(), placeText]);

async function filterOf(ctx: Reading, wish: SessionWish): Promise<SessionFilter> {
  const { app } = wish;
  const realm = wish.realm === undefined ? undefined : needRealm(ctx, wish.realm).id;
  const account = wish.account === undefined ? undefined : await needAccount(ctx, wish.account, realm);
  const organisation =
    wish.organisation === undefined ? undefined : await needOrganisation(ctx, wish.organisation, realm);
  return {
    reach: ctx.reach,
    at: ctx.clock.now(),
    ...(account === undefined ? {} : { accountId: account.id }),
    ...(app === undefined ? {} : { appId: app }),
    ...(realm === undefined ? {} : { realm }),
    ...(organisation === undefined ? {} : { organisationId: organisation.id }),
  };
}

/** Live sessions, page by page. An app that has none gives none. Throws `usage`, `not-found` for an account or organisation. */
export const findSessions = query({
  name: 'session.find',
  does: 'who is signed in, at which app and how, page by page',
  needs: { roles: ROLES, of: 'reach' },
  http: 'GET /sessions',
  input: form,
  output: page,
  async read(ctx, wish) {
    const { limit = AT_ONCE } = wish;
    const place = placeIn(wish.cursor, placeForm);
    const filter = await filterOf(ctx, wish);
    const after = place === undefined ? {} : { after: { createdAt: place[0], id: place[1] } };
    const found = await ctx.store.views.sessions({ ...filter, ...after }, limit + 1);
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    const next = found.length > limit && last !== undefined ? cursorOf([last.createdAt, last.id]) : null;
    const whole = place === undefined && next === null;
    const count = whole ? shown.length : await ctx.store.views.countSessions(filter, COUNTED);
    const organisations = new Map(shown.map((row) => [row.id, row.account.organisationId]));
    const views = await sessionViews(ctx, shown);
    const rows = views.map((view) => ({ ...view, organisationId: organisations.get(view.id) ?? '' }));
    return { rows, total: Math.min(count, COUNTED), more: count > COUNTED, next };
  },
});
