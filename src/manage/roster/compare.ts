import type { AppConfig } from '../../config/types.ts';
import { type Reconciled, reconcile } from '../../coverage/reconcile.ts';
import { SallyportError } from '../../errors.ts';
import type { Store } from '../../store/types.ts';
import type { ManageContext } from '../context.ts';
import { needApp } from '../find.ts';
import { whoseAt } from './whose.ts';

/** The app whose list is meant. Throws `usage` for one that there is not, or whose one account is everybody's. */
export function needRosterApp(ctx: Pick<ManageContext, 'config'>, id: string): AppConfig {
  const app = needApp(ctx, id);
  if (app.login.kind === 'bound' && app.login.one !== null)
    throw new SallyportError(
      'usage',
      `${app.id} has one account, which its configuration says who holds: login.held_by`,
    );
  return app;
}

/** Compares names of an app with the accounts of its realm as they are `now`, ms. */
export async function compare(
  store: Pick<Store, 'views' | 'appNames'>,
  app: AppConfig,
  names: readonly string[],
  now: number,
): Promise<Reconciled> {
  const accounts = await store.views.rosterAccounts(app.realm.id, now);
  const whose = whoseAt(app, accounts, await store.appNames.ofApp(app.id));
  const ours = new Map(accounts.map((each) => [each.id, each]));
  return reconcile({ names, ours, whose, now, dormantAfterMs: app.roster?.dormantAfterMs ?? null });
}
