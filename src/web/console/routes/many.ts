import { asSallyportError, SallyportError } from '../../../errors.ts';
import { showAccount } from '../../../manage/accounts.ts';
import { type Answer, json, see, showPage } from '../../reply.ts';
import { Fault } from '../fault.ts';
import { AT_ONCE, MANY, MANY_ACTS, type ManyAct, pickField } from '../pages/accounts/list.ts';
import { manyPage, type Outcome, outcomesPage, type Picked } from '../pages/accounts/many.ts';
import { type ConsolePost, type ConsoleRoute, needFresh } from './route.ts';

const PICKS = Array.from({ length: AT_ONCE }, (_, place) => pickField(place));

function actOf({ form }: ConsolePost): ManyAct {
  const act = MANY_ACTS.find((each) => each === form.get('act'));
  if (act === undefined) throw new Fault('act', 'choose');
  return act;
}

/** Those that were picked, with their names; of whoever is not there any more, the id alone. */
async function pickedOf({ context, form }: ConsolePost): Promise<readonly Picked[]> {
  const ids = new Set(PICKS.flatMap((field) => form.get(field) || []));
  const picked: Picked[] = [];
  for (const id of ids) picked.push({ id, name: await nameOf(context, id) });
  return picked;
}

async function nameOf({ manage }: ConsolePost['context'], account: string): Promise<string> {
  try {
    const { id, name } = await showAccount.ask(manage, { account });
    return id === account ? name : account;
  } catch (thrown) {
    if (asSallyportError(thrown).code !== 'not-found') throw thrown;
    return account;
  }
}

/** What wants a fresh factor asks for it before the first, not in the middle. */
function checkFresh(post: ConsolePost, act: ManyAct): void {
  if (MANY[act].needs.fresh === true) needFresh(post);
}

async function ask(post: ConsolePost): Promise<Answer> {
  const act = actOf(post);
  const picked = await pickedOf(post);
  if (picked.length === 0) return see('/accounts?done=none-picked');
  checkFresh(post, act);
  return showPage(200, manyPage(post.context, act, picked));
}

async function doOne({ manage }: ConsolePost['context'], act: ManyAct, account: string): Promise<string | undefined> {
  switch (act) {
    case 'ticket':
      return (await MANY.ticket.perform(manage, { account })).links[0]?.url;
    case 'end':
      await MANY.end.perform(manage, { account });
      return undefined;
    case 'disable':
      await MANY.disable.perform(manage, { account });
      return undefined;
    case 'enable':
      await MANY.enable.perform(manage, { account });
      return undefined;
    default:
      return act satisfies never;
  }
}

/** Why one of them failed, in the reader's words; what concerns all of them is thrown. */
function whyNot({ context }: ConsolePost, thrown: unknown): string {
  const error = asSallyportError(thrown);
  const own = context.frame.words.consoleAccounts.why;
  switch (error.code) {
    case 'not-found':
      return own.gone;
    case 'forbidden':
      return own.forbidden;
    case 'conflict':
      return own.conflict;
    case 'usage':
      return own.impossible;
    default:
      throw thrown;
  }
}

async function outcomeOf(post: ConsolePost, act: ManyAct, picked: Picked): Promise<Outcome> {
  const own = post.context.frame.words.consoleAccounts;
  try {
    const link = await doOne(post.context, act, picked.id);
    return { picked, text: own.manyDone[act], failed: false, link };
  } catch (thrown) {
    return { picked, text: whyNot(post, thrown), failed: true };
  }
}

async function doAll(post: ConsolePost): Promise<Answer> {
  const act = actOf(post);
  const picked = await pickedOf(post);
  if (picked.length === 0) throw new SallyportError('bad-body', 'nobody is picked');
  checkFresh(post, act);
  const outcomes: Outcome[] = [];
  for (const each of picked) outcomes.push(await outcomeOf(post, act, each));
  if (post.form.kind === 'form') return showPage(200, outcomesPage(post.context, act, outcomes));
  return json({ outcomes: outcomes.map(({ picked: { id }, ...rest }) => ({ id, ...rest })) });
}

/** One act upon many accounts: asked, then done, each by itself. */
export function manyRoutes(): readonly ConsoleRoute[] {
  const fields = ['act', ...PICKS];
  return [
    { path: '/accounts/many', post: { fields, run: ask } },
    { path: '/accounts/many/do', post: { fields, run: doAll } },
  ];
}
