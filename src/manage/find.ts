import { canonicalName } from '../accounts/name.ts';
import type { RealmConfig } from '../config/types.ts';
import { SallyportError } from '../errors.ts';
import type { AccountRow, Store } from '../store/types.ts';
import type { ManageContext } from './context.ts';

/** The realm of that id; the only one when none is named. Throws `usage`. */
export function needRealm(ctx: Pick<ManageContext, 'config'>, id: string | undefined): RealmConfig {
  const { realms } = ctx.config;
  const [only, ...others] = realms.values();
  if (id === undefined && only !== undefined && others.length === 0) return only;
  const names = [...realms.keys()].join(', ');
  if (id === undefined) throw new SallyportError('usage', `there are several realms (${names}): say which one`);
  const realm = realms.get(id);
  if (realm === undefined)
    throw new SallyportError('usage', `there is no realm ${JSON.stringify(id)}; there are: ${names}`);
  return realm;
}

/** The canonical name, or `usage` when what was typed is none. */
export function needName(typed: string, realm: RealmConfig): string {
  const name = canonicalName(typed, realm);
  if (name === undefined)
    throw new SallyportError('usage', `${JSON.stringify(typed)} is not an account name of realm ${realm.id}`);
  return name;
}

async function candidates(
  ctx: Pick<ManageContext, 'config'> & { store: Pick<Store, 'accounts'> },
  typed: string,
  realmId?: string,
) {
  const realms = realmId === undefined ? [...ctx.config.realms.values()] : [needRealm(ctx, realmId)];
  const found: AccountRow[] = [];
  for (const realm of realms) {
    const name = canonicalName(typed, realm);
    const account = name === undefined ? undefined : await ctx.store.accounts.byName(realm.id, name);
    if (account !== undefined) found.push(account);
  }
  return found;
}

/**
 * The account that is meant by an id or by a name, in one realm or, without one, in whichever has it. Throws `not-found`,
 * or `usage` when several realms have it.
 */
export async function needAccount(
  ctx: Pick<ManageContext, 'config'> & { store: Pick<Store, 'accounts'> },
  idOrName: string,
  realmId?: string,
): Promise<AccountRow> {
  const [account, second] = await candidates(ctx, idOrName, realmId);
  if (second !== undefined) {
    throw new SallyportError('usage', `several realms have an account ${JSON.stringify(idOrName)}: say which realm`);
  }
  if (account !== undefined) return account;
  const byId = await ctx.store.accounts.byId(idOrName);
  if (byId !== undefined && (realmId === undefined || byId.realm === realmId)) return byId;
  throw new SallyportError('not-found', `there is no account ${JSON.stringify(idOrName)}`);
}
