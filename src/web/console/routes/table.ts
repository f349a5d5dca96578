import { accountRoutes } from './account.ts';
import { accountListRoutes } from './accounts.ts';
import { appRoutes } from './apps.ts';
import { coverageRoutes } from './coverage.ts';
import { eraseRoutes } from './erase.ts';
import { evidenceRoutes } from './evidence.ts';
import { homeRoutes } from './home.ts';
import { inviteRoutes } from './invite.ts';
import { lockDownRoutes } from './lock-down.ts';
import { manyRoutes } from './many.ts';
import { meRoutes } from './me.ts';
import { organisationRoutes } from './organisations.ts';
import { reconciliationRoutes } from './reconciliation.ts';
import { recordRoutes } from './record.ts';
import { roleRoutes } from './roles.ts';
import type { ConsoleRoute } from './route.ts';
import { sessionRoutes } from './sessions.ts';
import { tokenRoutes } from './tokens.ts';
import { trendRoutes } from './trend.ts';
import { waitingRoutes } from './waiting.ts';

/** Every address of the console but those of the sign-in pages, which are those of every app. */
export function consoleRoutes(): readonly ConsoleRoute[] {
  return [
    ...homeRoutes(),
    ...accountListRoutes(),
    ...manyRoutes(),
    ...accountRoutes(),
    ...inviteRoutes(),
    ...sessionRoutes(),
    ...organisationRoutes(),
    ...roleRoutes(),
    ...tokenRoutes(),
    ...recordRoutes(),
    ...coverageRoutes(),
    ...trendRoutes(),
    ...reconciliationRoutes(),
    ...eraseRoutes(),
    ...evidenceRoutes(),
    ...appRoutes(),
    ...waitingRoutes(),
    ...lockDownRoutes(),
    ...meRoutes(),
  ];
}
