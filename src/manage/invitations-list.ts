import { z } from 'zod';
import { ROLES } from '../roles.ts';
import { needAccount, needRealm } from './find.ts';
import { query } from './query.ts';
import { MOST_TICKETS } from './tickets-many.ts';

/** A link that goes out by e-mail, as it is shown: nothing of its secret. Moments in ms. */
const invitationView = z.strictObject({
  /** Of its ticket. */
  id: z.string(),
  accountId: z.string(),
  account: z.string(),
  realm: z.string(),
  batch: z.string(),
  /** `sent`: the mail server has taken it; `ended`: used, withdrawn or replaced before. */
  state: z.enum(['queued', 'sent', 'failed', 'ended']),
  /** Why it failed, or was not taken at the last try; empty: nothing is known. */
  reason: z.string(),
  createdAt: z.number(),
  changedAt: z.number(),
  expiresAt: z.number(),
});
export type InvitationView = Readonly<z.infer<typeof invitationView>>;

/** What became of links that were sent by e-mail, newest first; of the last ninety days. Throws `usage`, `not-found`. */
export const listInvitations = query({
  name: 'invitation.list',
  does: 'links that go out by e-mail, and what became of each',
  needs: { roles: ROLES, of: 'reach' },
  http: 'GET /invitations',
  input: z.strictObject({
    /** Those that were asked for together. */
    batch: z.string().max(64).optional(),
    /** By id or name. */
    account: z.string().optional(),
    realm: z.string().optional(),
  }),
  output: z.array(invitationView).readonly(),
  async read(ctx, { batch, account, realm }) {
    const within = realm === undefined ? undefined : needRealm(ctx, realm).id;
    const accountId = account === undefined ? undefined : (await needAccount(ctx, account, realm)).id;
    const rows = await ctx.store.invitations.list({ reach: ctx.reach, limit: MOST_TICKETS, batch, accountId });
    return rows
      .filter((row) => within === undefined || row.realm === within)
      .map(({ name, ...row }) => ({ ...row, account: name }));
  },
});
