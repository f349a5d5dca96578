import { showPage } from '../../reply.ts';
import { NOTHING_TYPED } from '../pages/parts/form.ts';
import { accountActRoutes } from './account-acts.ts';
import { pageOf } from './account-page.ts';
import { accountSettingRoutes } from './account-settings.ts';
import type { ConsoleRoute } from './route.ts';

/** One account: its page, and what can be done to it. */
export function accountRoutes(): readonly ConsoleRoute[] {
  return [
    { path: '/accounts/:account', get: async (request) => showPage(200, await pageOf(request, NOTHING_TYPED)) },
    ...accountActRoutes(),
    ...accountSettingRoutes(),
  ];
}
