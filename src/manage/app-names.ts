import { SallyportError } from '../errors.ts';
import type { AppNameRow } from '../store/types.ts';
import { type ManageContext, recordManaged } from './context.ts';
import { needAccount, needApp, needName } from './find.ts';

/** What an account is called at apps where that differs from its name, by app. Throws `not-found`, `usage`. */
export async function appNamesOf(ctx: ManageContext, account: string, realm?: string): Promise<AppNameRow[]> {
  const { id } = await needAccount(ctx, account, realm);
  return ctx.store.appNames.ofAccount(id);
}

/**
 * Sets what an account is called at an app. Throws `usage` for a name that is none, or that is the account's own,
 * `conflict` when it is another account's name there, `not-found`.
 */
export async function setAppName(
  ctx: ManageContext,
  account: string,
  appId: string,
  given: string,
): Promise<AppNameRow> {
  const app = needApp(ctx, appId);
  const row = await needAccount(ctx, account, app.realm.id);
  const name = needName(given, app.realm);
  if (name === row.name)
    throw new SallyportError('usage', `that is what ${row.name} is called anyway: remove the alias instead`);
  const alias = { accountId: row.id, appId: app.id, name };
  await ctx.store.underAccount(row.id, async (tx, present) => {
    if (present === undefined) throw new SallyportError('not-found', 'the account was removed meanwhile');
    await tx.appNames.put(alias);
    await recordManaged(ctx, tx, 'app-name.set', { accountId: row.id, appId: app.id, detail: { name } });
  });
  return alias;
}

/** Takes the alias away: the account has its own name at the app again. Throws `not-found` when there is none. */
export async function removeAppName(ctx: ManageContext, account: string, appId: string): Promise<{ name: string }> {
  // An app that the configuration no longer has may have left aliases.
  const app = ctx.config.apps.find((each) => each.id === appId);
  const row = await needAccount(ctx, account, app?.realm.id);
  await ctx.store.underAccount(row.id, async (tx) => {
    if (!(await tx.appNames.remove(row.id, appId)))
      throw new SallyportError('not-found', `${row.name} has no other name at ${appId}`);
    await recordManaged(ctx, tx, 'app-name.remove', { accountId: row.id, appId });
  });
  return { name: row.name };
}
