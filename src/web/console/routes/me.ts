import { showMe } from '../../../manage/operations.ts';
import { listOrganisations } from '../../../manage/organisations.ts';
import { type Answer, showPage } from '../../reply.ts';
import { mePage } from '../pages/me.ts';
import { byId } from '../pages/parts/people.ts';
import type { ConsoleRequest, ConsoleRoute } from './route.ts';

async function show({ context }: ConsoleRequest): Promise<Answer> {
  const me = await showMe.ask(context.manage, {});
  const organisations = byId(await listOrganisations.ask(context.manage, {}));
  return showPage(200, mePage(context, { me, organisations }));
}

/** Who the person is here, what they hold, and what they may do. */
export function meRoutes(): readonly ConsoleRoute[] {
  return [{ path: '/me', get: show }];
}
