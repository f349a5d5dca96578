import { asSallyportError } from '../../../errors.ts';
import type { Html } from '../../../lib/html.ts';
import { showAccount } from '../../../manage/accounts.ts';
import { listOrganisations } from '../../../manage/organisations.ts';
import { grantRole, listRoles, revokeRole } from '../../../manage/roles.ts';
import { endMeasured } from '../../../manage/stopped.ts';
import { type Answer, showPage } from '../../reply.ts';
import { askedOf } from '../address.ts';
import { Fault } from '../fault.ts';
import type { Typed } from '../pages/parts/form.ts';
import { NOTHING_TYPED } from '../pages/parts/form.ts';
import { GRANT_FIELDS } from '../pages/parts/grants.ts';
import { byId } from '../pages/parts/people.ts';
import { rolesPage } from '../pages/roles/roles.ts';
import { saidOf } from '../said.ts';
import { doneAnswer } from './ended.ts';
import { GRANT_FAULTS, grantOf } from './grant.ts';
import type { ConsolePost, ConsoleRequest, ConsoleRoute } from './route.ts';
import { again, textOf } from './typed.ts';

/** What was typed as an organisation, by id or name. */
function onlyOf(organisations: ReturnType<typeof byId>, typed: string | undefined): string | undefined {
  if (typed === undefined || organisations.has(typed)) return typed;
  return [...organisations.values()].find(({ name }) => name === typed)?.id ?? typed;
}

async function page({ context }: ConsoleRequest, typed: Typed): Promise<Html> {
  const { manage, query } = context;
  const asked = askedOf(query);
  const organisations = byId(await listOrganisations.ask(manage, {}));
  const only = onlyOf(organisations, asked.get('organisation'));
  const all = await listRoles.ask(manage, {});
  const people =
    only === undefined ? all : all.filter(({ roles }) => roles.some(({ organisation }) => organisation === only));
  return rolesPage(context, { people, organisations, only, typed, said: saidOf(asked) });
}

/** The account that was typed. Throws `Fault` where there is none, or several realms have it. */
async function whom(post: ConsolePost): Promise<string> {
  const account = textOf(post, 'account');
  if (account === undefined) throw new Fault('account', 'choose');
  const realm = textOf(post, 'realm');
  try {
    return (await showAccount.ask(post.context.manage, { account, ...(realm === undefined ? {} : { realm }) })).id;
  } catch (thrown) {
    const { code } = asSallyportError(thrown);
    if (code === 'not-found') throw new Fault('account', 'noAccount');
    if (code === 'usage') throw new Fault('account', 'severalAccounts');
    throw thrown;
  }
}

async function give(post: ConsolePost): Promise<Answer> {
  const { manage } = post.context;
  const wish = { ...grantOf(post), account: await whom(post) };
  const ended = await endMeasured(manage, 'role', () => grantRole.perform(manage, wish));
  return doneAnswer(post, ended, '/roles', 'role-given');
}

async function take(post: ConsolePost): Promise<Answer> {
  const { manage } = post.context;
  const wish = { ...grantOf(post), account: await whom(post) };
  const ended = await endMeasured(manage, 'role', () => revokeRole.perform(manage, wish));
  return doneAnswer(post, ended, '/roles', 'role-taken');
}

/** Who holds which role, to be given and taken. */
export function roleRoutes(): readonly ConsoleRoute[] {
  const shown = again(GRANT_FAULTS, page);
  return [
    { path: '/roles', get: async (request) => showPage(200, await page(request, NOTHING_TYPED)) },
    { path: '/roles/grant', post: { fields: ['account', 'realm', ...GRANT_FIELDS], run: give, again: shown } },
    { path: '/roles/revoke', post: { fields: ['account', ...GRANT_FIELDS], run: take, again: shown } },
  ];
}
