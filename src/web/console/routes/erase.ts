import { eraseFromRosters } from '../../../manage/roster/erase.ts';
import { MOST_NAME } from '../../../rosters/fault.ts';
import { type Answer, json, showPage } from '../../reply.ts';
import { Fault } from '../fault.ts';
import { NOTHING_TYPED, type Typed } from '../pages/parts/form.ts';
import { ERASE, erasePage } from '../pages/reconciliation/erase.ts';
import { type ConsolePost, type ConsoleRequest, type ConsoleRoute, needFresh, needRole } from './route.ts';
import { again, textOf } from './typed.ts';

async function page(request: ConsoleRequest, typed: Typed) {
  needRole(request, eraseFromRosters);
  return erasePage(request.context, typed);
}

/** By the act that programs and the command ask for, some lists at a time, until all were looked through. */
async function erase(post: ConsolePost): Promise<Answer> {
  const { context, form } = post;
  needRole(post, eraseFromRosters);
  const name = textOf(post, 'name');
  if (name === undefined) throw new Fault('name', 'empty');
  if (name.length > MOST_NAME) throw new Fault('name', 'line');
  const reason = textOf(post, 'reason');
  if (reason === undefined) throw new Fault('reason', 'empty');
  needFresh(post);
  const names = [{ name, app: textOf(post, 'app') ?? null }];
  const erased = { names: 0, lists: 0 };
  for (let after: string | null | undefined; after !== null; ) {
    const wish = { names, reason, ...(after === undefined ? {} : { after }) };
    const done = await eraseFromRosters.perform(context.manage, wish);
    erased.names += done.names;
    erased.lists += done.lists;
    after = done.next;
  }
  return form.kind === 'json' ? json(erased) : showPage(200, erasePage(context, NOTHING_TYPED, erased));
}

const FAULTS = { usage: ['reason', 'line'] } as const;

/** A person's name, out of what is kept of the lists of apps. */
export function eraseRoutes(): readonly ConsoleRoute[] {
  return [
    {
      path: ERASE,
      get: async (request) => showPage(200, await page(request, NOTHING_TYPED)),
      post: { fields: ['name', 'app', 'reason'], run: erase, again: again(FAULTS, page) },
    },
  ];
}
