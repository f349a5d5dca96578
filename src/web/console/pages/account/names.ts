import { type Html, html } from '../../../../lib/html.ts';
import { removeAppName, setAppName } from '../../../../manage/app-names.ts';
import { accountAddress } from '../../address.ts';
import type { ConsoleContext } from '../../context.ts';
import { mayOn } from '../../may.ts';
import { disclosed, type Option, oneButton, select, typedField, wrongOf } from '../parts/form.ts';
import { type AccountView, personOf } from './view.ts';

/** Apps of the account's realm whose own login knows a name. */
function namingApps({ site }: ConsoleContext, { account }: AccountView): readonly string[] {
  const apps = site.config.apps.filter(({ realm, login }) => realm.id === account.realm && login.kind === 'bound');
  return apps.filter(({ login }) => login.kind === 'bound' && login.one === null).map(({ id }) => id);
}

function addName(context: ConsoleContext, view: AccountView, apps: readonly string[]): Html {
  const { words } = context.frame;
  const { consoleAccount: own, consoleWords: common } = words;
  const { typed } = view;
  const options = apps.map((id): Option => [id, id]);
  const body = html`${select({ name: 'app', label: common.app, options, value: typed.value('app'), error: wrongOf(words, typed, 'app') })}
${typedField(words, typed, { name: 'atApp', label: own.nameThere, more: html` maxlength="256" autocomplete="off" autocapitalize="none" spellcheck="false"` })}`;
  const open = typed.fault?.field === 'atApp';
  return disclosed({
    label: own.setName,
    action: accountAddress(view.account.id, '/names'),
    button: common.save,
    body,
    open,
  });
}

/** What the person is called at apps, where that is something else. */
export function namesSection(context: ConsoleContext, view: AccountView): Html {
  const own = context.frame.words.consoleAccount;
  const apps = namingApps(context, view);
  const { names, account } = view;
  if (apps.length === 0 && names.length === 0) return html``;
  const takes = mayOn(context, removeAppName, personOf(view));
  const items = names.map(({ appId, name }) => {
    const take = takes && oneButton(accountAddress(account.id, '/names/remove'), own.removeName, { app: appId });
    return html`<li><p class="name"><bdi>${appId}</bdi> <strong><bdi>${name}</bdi></strong></p>${take}</li>`;
  });
  const list = items.length === 0 ? html`<p class="soft">${own.noNames}</p>` : html`<ul class="things">${items}</ul>`;
  const sets = apps.length > 0 && mayOn(context, setAppName, personOf(view));
  return html`<section><h2>${own.names}</h2>${list}${sets && addName(context, view, apps)}</section>`;
}
