import { beginLockDown, endLockDown } from '../../../manage/lock-down.ts';
import { type Answer, done, showPage } from '../../reply.ts';
import { askedOf } from '../address.ts';
import { Fault } from '../fault.ts';
import { HOURS, lockDownPage } from '../pages/lock-down.ts';
import { NOTHING_TYPED } from '../pages/parts/form.ts';
import { after, saidOf } from '../said.ts';
import type { ConsolePost, ConsoleRequest, ConsoleRoute } from './route.ts';
import { again, textOf } from './typed.ts';

const HOUR = 3_600_000;

async function show({ context }: ConsoleRequest): Promise<Answer> {
  return showPage(200, lockDownPage(context, NOTHING_TYPED, saidOf(askedOf(context.query))));
}

async function begin(post: ConsolePost): Promise<Answer> {
  const { context, form } = post;
  const reason = textOf(post, 'reason');
  if (reason === undefined) throw new Fault('reason', 'empty');
  const hours = HOURS.find((each) => String(each) === form.get('hours'));
  if (hours === undefined) throw new Fault('hours', 'choose');
  await beginLockDown.perform(context.manage, { reason, until: hours === 0 ? null : context.now + hours * HOUR });
  return done(form.kind, after('/lock-down', 'lock-down-begun'));
}

async function end({ context, form }: ConsolePost): Promise<Answer> {
  await endLockDown.perform(context.manage, {});
  return done(form.kind, after('/lock-down', 'lock-down-ended'));
}

/** Signing in closed for everybody without a role, and opened again. */
export function lockDownRoutes(): readonly ConsoleRoute[] {
  return [
    {
      path: '/lock-down',
      get: show,
      post: {
        fields: ['reason', 'hours'],
        run: begin,
        again: again({ usage: ['reason', 'reason'] }, async ({ context }, typed) =>
          lockDownPage(context, typed, { done: undefined, ended: undefined }),
        ),
      },
    },
    { path: '/lock-down/end', post: { fields: [], run: end } },
  ];
}
