import { type Html, html } from '../../../../lib/html.ts';
import { grantRole, revokeRole } from '../../../../manage/roles.ts';
import { accountAddress } from '../../address.ts';
import type { ConsoleContext } from '../../context.ts';
import { may, mayGive, mayOn } from '../../may.ts';
import { disclosed } from '../parts/form.ts';
import { GRANT_FIELDS, grantFields, grantHidden } from '../parts/grants.ts';
import { grantWords } from '../parts/people.ts';
import { type AccountView, personOf } from './view.ts';

/** What the account may do here. */
export function accountRolesSection(context: ConsoleContext, view: AccountView): Html {
  const { words } = context.frame;
  const { consoleRoles: own, consoleAccount: said } = words;
  const { account, organisations, typed } = view;
  const person = personOf(view);
  const gives = mayOn(context, grantRole, person);
  if (account.roles.length === 0 && !gives) return html``;
  const items = account.roles.map((grant) => {
    const takes = mayOn(context, revokeRole, person) && mayGive(context, revokeRole, grant);
    const action = accountAddress(account.id, '/roles/revoke');
    const body = html`<p class="small">${own.takeText}</p>${grantHidden(grant)}`;
    const take =
      takes &&
      disclosed({
        label: own.take,
        of: words.consoleWords.roles[grant.role],
        action,
        button: own.takeButton,
        body,
        danger: true,
      });
    return html`<li><span>${grantWords(words, organisations, grant)}</span>${take}</li>`;
  });
  const list =
    items.length === 0 ? html`<p class="soft">${said.noRoles}</p>` : html`<ul class="plain-list held">${items}</ul>`;
  const open = GRANT_FIELDS.some((name) => name === typed.fault?.field);
  const action = accountAddress(account.id, '/roles/grant');
  const give =
    gives &&
    may(context, grantRole) &&
    disclosed({
      label: own.give,
      action,
      button: own.giveButton,
      body: grantFields(context, typed, organisations),
      open,
    });
  return html`<section><h2>${own.roles}</h2>${list}${give}</section>`;
}
