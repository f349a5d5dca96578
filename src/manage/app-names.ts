import { z } from 'zod';
import type { AppConfig } from '../config/types.ts';
import { SallyportError } from '../errors.ts';
import { nameRulesOf, sameAtApp } from '../presets/names.ts';
import { ROLES } from '../roles.ts';
import { accountForm, administration, stillThere } from './administration.ts';
import { isWithin, needAccount, needApp, tellable } from './find.ts';
import { type Holder, holderAtApp, lockedOutOf, needAppName } from './names-at-apps.ts';
import { query } from './query.ts';

/** What an account is called at apps where that differs from its name, by app. Throws `not-found`, `usage`. */
export const appNamesOf = query({
  name: 'app-name.list',
  does: 'what an account is called at apps where that differs from its name',
  needs: { roles: ROLES, of: 'reach' },
  http: 'GET /accounts/{account}/names',
  input: accountForm,
  output: z.array(z.strictObject({ accountId: z.string(), appId: z.string(), name: z.string() })).readonly(),
  async read(ctx, { account, realm }) {
    const { id } = await needAccount(ctx, account, realm);
    return ctx.store.appNames.ofAccount(id);
  },
});

const form = z.strictObject({ account: z.string(), app: z.string() });

/** Why one account cannot be called what another is, with what would have to be done first. */
function takenBy({ account, alias }: Holder, app: AppConfig): SallyportError {
  const why =
    alias === null
      ? `that is ${account.name}'s own name at ${app.id}, and ${account.name} would be locked out there: give ${account.name} another name there first`
      : `another account has that name at this app: ${account.name} is called ${JSON.stringify(alias)} at ${app.id}`;
  return new SallyportError('conflict', why);
}

/** Of a holder that the asker may not know of. */
function inUse(): SallyportError {
  return new SallyportError('conflict', 'that name is in use already');
}

/**
 * Sets what an account is called at an app, letter by letter. Throws `usage` for a name that is none, or that is the account's
 * own, `conflict` when it is another account's name there, its own or an alias, `not-found`.
 */
export const setAppName = administration({
  name: 'app-name.set',
  does: 'sets what an account is called at an app with its own login',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator'], of: 'account', fresh: true },
  http: 'POST /accounts/{account}/names',
  input: form.extend({ name: z.string() }),
  output: z.strictObject({ accountId: z.string(), appId: z.string(), name: z.string() }),
  lock: 'account',
  records: ['app-name.set'],
  async find({ ctx, input }) {
    const app = needApp(ctx, input.app);
    const row = await needAccount(ctx, input.account, app.realm.id);
    const name = needAppName(input.name, app);
    if (sameAtApp(nameRulesOf(app.login), name, row.name))
      throw new SallyportError('usage', `that is what ${row.name} is called anyway: remove the alias instead`);
    return { accountId: row.id, app, alias: { accountId: row.id, appId: app.id, name } };
  },
  async run({ tx, ctx, account, given: { app, alias } }) {
    stillThere(account);
    const holder = await holderAtApp(tx, app, alias.name, alias.accountId);
    if (holder !== undefined) throw isWithin(ctx, holder.account) ? takenBy(holder, app) : inUse();
    await tx.appNames.put(alias);
    const { accountId, appId, name } = alias;
    return { value: alias, record: [{ kind: 'app-name.set', accountId, appId, detail: { name } }] };
  },
});

/**
 * Takes the alias away: the account has its own name at the app again. Throws `not-found` when there is none, `conflict` when that
 * name has become another account's there.
 */
export const removeAppName = administration({
  name: 'app-name.remove',
  does: 'gives an account its own name at an app again',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator'], of: 'account', fresh: true },
  http: 'DELETE /accounts/{account}/names/{app}',
  input: form,
  output: z.strictObject({ name: z.string() }),
  lock: 'account',
  records: ['app-name.remove'],
  async find({ ctx, input }) {
    // An app that the configuration no longer has may have left aliases.
    const app = ctx.config.apps.find((each) => each.id === input.app);
    const row = await needAccount(ctx, input.account, app?.realm.id);
    return { accountId: row.id, row, apps: app === undefined ? [] : [app] };
  },
  async run({ tx, ctx, input: { app: appId }, given: { accountId, row, apps } }) {
    const { name } = row;
    if (!(await tx.appNames.remove(accountId, appId)))
      throw new SallyportError('not-found', `${name} has no other name at ${appId}`);
    const why = await lockedOutOf(tx, apps, row, accountId);
    if (why !== undefined) throw new SallyportError('conflict', tellable(ctx, why));
    return { value: { name }, record: [{ kind: 'app-name.remove', accountId, appId }] };
  },
});
