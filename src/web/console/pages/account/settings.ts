import { type Html, html } from '../../../../lib/html.ts';
import { setAccount } from '../../../../manage/account-set.ts';
import { removeAccount } from '../../../../manage/accounts.ts';
import { moveAccount } from '../../../../manage/organisations.ts';
import { accountAddress } from '../../address.ts';
import type { ConsoleContext } from '../../context.ts';
import { mayOn } from '../../may.ts';
import { disclosed, typedField } from '../parts/form.ts';
import { organisationField } from '../parts/people.ts';
import { type AccountView, personOf } from './view.ts';

function contact(context: ConsoleContext, { account, typed }: AccountView): Html {
  const { words } = context.frame;
  const { consoleAccount: own, consoleAccounts: list, consoleWords: common } = words;
  const optional = words.common.optional;
  const body = html`${typedField(words, typed, { name: 'email', label: own.email, value: account.email ?? '', optional, more: html` maxlength="254" inputmode="email" autocomplete="off" autocapitalize="none" spellcheck="false"` })}
${typedField(words, typed, { name: 'groups', label: common.groups, hint: list.groupsHint, value: account.groups.join(', '), optional, more: html` autocomplete="off" autocapitalize="none" spellcheck="false"` })}`;
  const open = typed.fault?.field === 'email' || typed.fault?.field === 'groups';
  return disclosed({ label: own.edit, action: accountAddress(account.id, '/set'), button: common.save, body, open });
}

function move(context: ConsoleContext, view: AccountView): Html {
  const { words } = context.frame;
  const own = words.consoleAccount;
  const { account, organisations, typed } = view;
  const others = [...organisations].filter(
    ([id, { realm }]) => realm === account.realm && id !== account.organisationId,
  );
  if (others.length === 0) return html``;
  const body = html`<p class="small">${own.moveText}</p>${organisationField(words, typed, { organisations: new Map(others), label: words.consoleWords.organisation, id: 'move-to', name: 'to' })}`;
  return disclosed({
    label: own.move,
    action: accountAddress(account.id, '/move'),
    button: own.moveButton,
    body,
    open: typed.fault?.field === 'to',
  });
}

/** The name is typed, so that nobody is removed by a slip. */
function remove(context: ConsoleContext, { account, typed }: AccountView): Html {
  const { words } = context.frame;
  const own = words.consoleAccount;
  const body = html`<p class="small">${own.removeAccountText}</p>${typedField(words, typed, { name: 'confirm', label: own.typeName, hint: account.name, more: html` autocomplete="off" autocapitalize="none" spellcheck="false"` })}`;
  return disclosed({
    label: own.removeAccount,
    action: accountAddress(account.id, '/remove'),
    button: own.removeAccountButton,
    body,
    danger: true,
    open: typed.fault?.field === 'confirm',
  });
}

/** What can be changed of the account itself. */
export function settingsSection(context: ConsoleContext, view: AccountView): Html {
  const person = personOf(view);
  const parts = [
    mayOn(context, setAccount, person) && contact(context, view),
    mayOn(context, moveAccount, person) && move(context, view),
    mayOn(context, removeAccount, person) && remove(context, view),
  ].filter((part) => part !== false);
  if (parts.length === 0) return html``;
  return html`<section><h2>${context.frame.words.consoleAccount.change}</h2>${parts}</section>`;
}
