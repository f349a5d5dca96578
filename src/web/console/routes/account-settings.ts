import { setAccount } from '../../../manage/account-set.ts';
import { removeAppName, setAppName } from '../../../manage/app-names.ts';
import { moveAccount } from '../../../manage/organisations.ts';
import { grantRole, revokeRole } from '../../../manage/roles.ts';
import { endMeasured } from '../../../manage/stopped.ts';
import { need } from '../../body.ts';
import type { Answer } from '../../reply.ts';
import { Fault } from '../fault.ts';
import { GRANT_FIELDS } from '../pages/parts/grants.ts';
import { accountIn, backEnded, backOn, pageOf } from './account-page.ts';
import { checkContact, groupsOf } from './contact.ts';
import { GRANT_FAULTS, grantOf } from './grant.ts';
import type { ConsolePost, ConsoleRoute } from './route.ts';
import { again, textOf } from './typed.ts';

async function set(post: ConsolePost): Promise<Answer> {
  const email = textOf(post, 'email');
  const groups = groupsOf(post.form.get('groups'));
  checkContact(email, groups);
  await setAccount.perform(post.context.manage, { ...accountIn(post), email: email ?? null, groups });
  return backOn(post, 'account-set');
}

async function move(post: ConsolePost): Promise<Answer> {
  const organisation = textOf(post, 'to');
  if (organisation === undefined) throw new Fault('to', 'choose');
  await moveAccount.perform(post.context.manage, { ...accountIn(post), organisation });
  return backOn(post, 'account-moved');
}

async function setName(post: ConsolePost): Promise<Answer> {
  const name = textOf(post, 'atApp');
  if (name === undefined) throw new Fault('atApp', 'empty');
  await setAppName.perform(post.context.manage, { ...accountIn(post), app: need(post.form, 'app'), name });
  return backOn(post, 'name-set');
}

async function removeName(post: ConsolePost): Promise<Answer> {
  await removeAppName.perform(post.context.manage, { ...accountIn(post), app: need(post.form, 'app') });
  return backOn(post, 'name-removed');
}

async function give(post: ConsolePost): Promise<Answer> {
  const { manage } = post.context;
  const wish = { ...accountIn(post), ...grantOf(post) };
  return backEnded(post, await endMeasured(manage, 'role', () => grantRole.perform(manage, wish)), 'role-given');
}

async function take(post: ConsolePost): Promise<Answer> {
  const { manage } = post.context;
  const wish = { ...accountIn(post), ...grantOf(post) };
  return backEnded(post, await endMeasured(manage, 'role', () => revokeRole.perform(manage, wish)), 'role-taken');
}

/** What is changed of an account. */
export function accountSettingRoutes(): readonly ConsoleRoute[] {
  const of = (what: string): string => `/accounts/:account${what}`;
  const naming = { usage: ['atApp', 'nameAtApp'], conflict: ['atApp', 'nameTaken'] } as const;
  const moving = { 'not-found': ['to', 'noOrganisation'], usage: ['to', 'noOrganisation'] } as const;
  const granting = again(GRANT_FAULTS, pageOf);
  return [
    { path: of('/set'), post: { fields: ['email', 'groups'], run: set, again: again({}, pageOf) } },
    { path: of('/move'), post: { fields: ['to'], run: move, again: again(moving, pageOf) } },
    { path: of('/names'), post: { fields: ['app', 'atApp'], run: setName, again: again(naming, pageOf) } },
    { path: of('/names/remove'), post: { fields: ['app'], run: removeName } },
    { path: of('/roles/grant'), post: { fields: GRANT_FIELDS, run: give, again: granting } },
    { path: of('/roles/revoke'), post: { fields: GRANT_FIELDS, run: take, again: granting } },
  ];
}
