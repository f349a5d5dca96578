import { z } from 'zod';
import { SallyportError } from '../errors.ts';
import type { AppNameRow } from '../store/types.ts';
import { administration, stillThere } from './administration.ts';
import type { ManageContext } from './context.ts';
import { needAccount, needApp, needName } from './find.ts';

/** What an account is called at apps where that differs from its name, by app. Throws `not-found`, `usage`. */
export async function appNamesOf(ctx: ManageContext, account: string, realm?: string): Promise<AppNameRow[]> {
  const { id } = await needAccount(ctx, account, realm);
  return ctx.store.appNames.ofAccount(id);
}

const form = z.strictObject({ account: z.string(), app: z.string() });

/**
 * Sets what an account is called at an app. Throws `usage` for a name that is none, or that is the account's own,
 * `conflict` when it is another account's name there, `not-found`.
 */
export const setAppName = administration({
  name: 'app-name.set',
  does: 'sets what an account is called at an app with its own login',
  who: 'administrator',
  input: form.extend({ name: z.string() }),
  output: z.strictObject({ accountId: z.string(), appId: z.string(), name: z.string() }),
  lock: 'account',
  records: ['app-name.set'],
  async find({ ctx, input }) {
    const app = needApp(ctx, input.app);
    const row = await needAccount(ctx, input.account, app.realm.id);
    const name = needName(input.name, app.realm);
    if (name === row.name)
      throw new SallyportError('usage', `that is what ${row.name} is called anyway: remove the alias instead`);
    return { accountId: row.id, alias: { accountId: row.id, appId: app.id, name } };
  },
  async run({ tx, account, given: { alias } }) {
    stillThere(account);
    await tx.appNames.put(alias);
    const { accountId, appId, name } = alias;
    return { value: alias, record: [{ kind: 'app-name.set', accountId, appId, detail: { name } }] };
  },
});

/** Takes the alias away: the account has its own name at the app again. Throws `not-found` when there is none. */
export const removeAppName = administration({
  name: 'app-name.remove',
  does: 'gives an account its own name at an app again',
  who: 'administrator',
  input: form,
  output: z.strictObject({ name: z.string() }),
  lock: 'account',
  records: ['app-name.remove'],
  async find({ ctx, input }) {
    // An app that the configuration no longer has may have left aliases.
    const app = ctx.config.apps.find((each) => each.id === input.app);
    const { id, name } = await needAccount(ctx, input.account, app?.realm.id);
    return { accountId: id, name };
  },
  async run({ tx, input: { app: appId }, given: { accountId, name } }) {
    if (!(await tx.appNames.remove(accountId, appId)))
      throw new SallyportError('not-found', `${name} has no other name at ${appId}`);
    return { value: { name }, record: [{ kind: 'app-name.remove', accountId, appId }] };
  },
});
