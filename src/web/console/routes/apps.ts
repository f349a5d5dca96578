import { asSallyportError } from '../../../errors.ts';
import { listApps } from '../../../manage/apps.ts';
import { type Explained, explainRequest } from '../../../manage/explain.ts';
import { type Answer, showPage } from '../../reply.ts';
import { askedOf } from '../address.ts';
import { appsPage, type Question } from '../pages/apps/apps.ts';
import { exemptionsPage } from '../pages/apps/exemptions.ts';
import type { ConsoleRequest, ConsoleRoute } from './route.ts';

/** What the address asks to be explained; undefined: nothing. */
function questionOf({ query }: ConsoleRequest['context']): Question | undefined {
  const asked = askedOf(query);
  const url = asked.get('url');
  if (url === undefined) return undefined;
  return { method: asked.get('method') ?? 'GET', url: url.trim(), account: asked.get('account')?.trim() ?? '' };
}

/** null: what was typed cannot be meant. */
async function explained({ manage }: ConsoleRequest['context'], asked: Question): Promise<Explained | null> {
  try {
    return await explainRequest.ask(manage, asked);
  } catch (thrown) {
    const { code } = asSallyportError(thrown);
    if (code !== 'usage' && code !== 'not-found') throw thrown;
    return null;
  }
}

async function apps({ context }: ConsoleRequest): Promise<Answer> {
  const all = await listApps.ask(context.manage, {});
  const asked = questionOf(context);
  const answer = asked === undefined ? undefined : await explained(context, asked);
  return showPage(200, appsPage(context, { apps: all, asked, answer }));
}

async function exemptions({ context }: ConsoleRequest): Promise<Answer> {
  return showPage(200, exemptionsPage(context, await listApps.ask(context.manage, {})));
}

/** What is guarded and how, and what stands open. */
export function appRoutes(): readonly ConsoleRoute[] {
  return [
    { path: '/apps', get: apps },
    { path: '/exemptions', get: exemptions },
  ];
}
