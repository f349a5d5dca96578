import { type Html, html } from '../../../../lib/html.ts';
import type { ConsoleContext } from '../../context.ts';
import { organisationLink } from '../parts/people.ts';
import { saidWords } from '../parts/said.ts';
import { when, whenOr } from '../parts/when.ts';
import { consolePage } from '../shell.ts';
import { usualActs } from './acts.ts';
import { factorSection } from './factors.ts';
import { historySection } from './history.ts';
import { namesSection } from './names.ts';
import { accountRolesSection } from './roles.ts';
import { accountSessions } from './sessions.ts';
import { settingsSection } from './settings.ts';
import { stateSentence } from './state.ts';
import type { AccountView } from './view.ts';

function facts(context: ConsoleContext, view: AccountView): Html {
  const { words } = context.frame;
  const { consoleWords: common, consoleAccount: own } = words;
  const { account, organisations, recoveryCodes } = view;
  const none = html`<span class="soft">${common.none}</span>`;
  const groups =
    account.groups.length === 0 ? none : html`${account.groups.map((each) => html`<bdi class="tag">${each}</bdi> `)}`;
  return html`<dl class="facts beside">
<dt>${common.organisation}</dt><dd>${organisationLink(words, organisations, account.organisationId)}</dd>
<dt>${common.realm}</dt><dd><bdi>${account.realm}</bdi></dd>
<dt>${own.email}</dt><dd>${account.email === null ? none : html`<bdi>${account.email}</bdi>`}</dd>
<dt>${common.groups}</dt><dd>${groups}</dd>
<dt>${common.lastSignIn}</dt><dd>${whenOr(context, account.lastSignIn, common.never)}</dd>
<dt>${own.recoveryCodes}</dt><dd>${recoveryCodes}</dd>
<dt>${own.added}</dt><dd>${when(context, account.createdAt)}</dd></dl>`;
}

/** Everything about one person: how they stand first, then the three usual acts, then all that there is. */
export function accountPage(context: ConsoleContext, view: AccountView): Html {
  const { words } = context.frame;
  const { account, said } = view;
  const body = html`${saidWords(words, said)}<p class="state ${view.state}">${stateSentence(context, view)}</p>
${usualActs(context, view)}
<div class="columns"><div>${factorSection(context, view)}${accountSessions(context, view)}${namesSection(context, view)}</div>
<div><section class="first-section"><h2>${words.consoleAccount.about}</h2>${facts(context, view)}</section>${settingsSection(context, view)}${accountRolesSection(context, view)}</div></div>
${historySection(context, view)}`;
  return consolePage(context, { title: account.name, body, trail: [['/accounts', words.consoleAccounts.title]] });
}
