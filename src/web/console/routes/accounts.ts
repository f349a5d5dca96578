import { canonicalName } from '../../../accounts/name.ts';
import type { Html } from '../../../lib/html.ts';
import { findAccounts } from '../../../manage/account-find.ts';
import { addAccount } from '../../../manage/accounts.ts';
import { listOrganisations } from '../../../manage/organisations.ts';
import { type Answer, done, showPage } from '../../reply.ts';
import { accountAddress, askedOf } from '../address.ts';
import { Fault } from '../fault.ts';
import { accountWish, wishQuery } from '../pages/accounts/filters.ts';
import { AT_ONCE, accountsPage } from '../pages/accounts/list.ts';
import { newAccountPage } from '../pages/accounts/new.ts';
import { NOTHING_TYPED, type Typed } from '../pages/parts/form.ts';
import { byId } from '../pages/parts/people.ts';
import { after, saidOf } from '../said.ts';
import { aroundOf } from './around.ts';
import { checkContact, groupsOf } from './contact.ts';
import { type ConsolePost, type ConsoleRequest, type ConsoleRoute, needRole } from './route.ts';
import { again, textOf } from './typed.ts';

async function list({ context }: ConsoleRequest): Promise<Answer> {
  const { manage, query } = context;
  const asked = askedOf(query);
  const wish = accountWish(asked);
  const organisations = byId(await listOrganisations.ask(manage, {}));
  const cursor = asked.get('cursor');
  const page = await findAccounts.ask(manage, { ...wish, limit: AT_ONCE, ...(cursor === undefined ? {} : { cursor }) });
  const around = aroundOf('/accounts', wishQuery(wish), asked, page.next);
  return showPage(200, accountsPage(context, { page, wish, organisations, around, said: saidOf(asked) }));
}

async function formPage({ context }: ConsoleRequest, typed: Typed): Promise<Html> {
  return newAccountPage(context, byId(await listOrganisations.ask(context.manage, {})), typed);
}

/** What is wrong with what was typed, beside the field that it is in. */
function checkAccount({ context }: ConsolePost, name: string, realm: string | undefined): void {
  const { realms } = context.site.config;
  const of = realms.get(realm ?? [...realms.keys()][0] ?? '');
  if (of === undefined) throw new Fault('realm', 'choose');
  if (name === '') throw new Fault('name', 'empty');
  if (canonicalName(name, of) === undefined) throw new Fault('name', 'accountName');
}

async function add(post: ConsolePost): Promise<Answer> {
  const [name = '', realm, organisation, email] = ['name', 'realm', 'organisation', 'email'].map((each) =>
    textOf(post, each),
  );
  const groups = groupsOf(post.form.get('groups'));
  checkAccount(post, name, realm);
  checkContact(email, groups);
  const { id } = await addAccount.perform(post.context.manage, {
    name,
    groups,
    ...(realm === undefined ? {} : { realm }),
    ...(organisation === undefined ? {} : { organisation }),
    ...(email === undefined ? {} : { email }),
  });
  return done(post.form.kind, after(accountAddress(id), 'account-added'), { id });
}

const FAULTS = {
  conflict: ['name', 'nameTaken'],
  'not-found': ['organisation', 'noOrganisation'],
  usage: ['organisation', 'whichOrganisation'],
} as const;

/** The list of accounts, and one to be added. */
export function accountListRoutes(): readonly ConsoleRoute[] {
  return [
    { path: '/accounts', get: list },
    {
      path: '/accounts/new',
      get: async (request) => {
        needRole(request, addAccount);
        const asked = askedOf(request.context.query);
        return showPage(200, await formPage(request, { ...NOTHING_TYPED, value: (name) => asked.get(name) }));
      },
      post: {
        fields: ['name', 'realm', 'organisation', 'email', 'groups'],
        run: add,
        again: again(FAULTS, formPage),
      },
    },
  ];
}
