import { type Html, html } from '../../../../lib/html.ts';
import type { AccountView } from '../../../../manage/account-view.ts';
import { grantRole, revokeRole } from '../../../../manage/roles.ts';
import type { Grant } from '../../../../roles.ts';
import { hidden } from '../../../pages/parts.ts';
import { accountAddress } from '../../address.ts';
import type { ConsoleContext } from '../../context.ts';
import { may, mayGive, mayOn } from '../../may.ts';
import type { Said } from '../../said.ts';
import { disclosed, type Typed, typedField } from '../parts/form.ts';
import { grantFields, grantHidden } from '../parts/grants.ts';
import { grantWords, type Organisations, organisationField } from '../parts/people.ts';
import { saidWords } from '../parts/said.ts';
import { empty, table } from '../parts/table.ts';
import { whenOr } from '../parts/when.ts';
import { consolePage } from '../shell.ts';

export interface RolesView {
  readonly people: readonly AccountView[];
  readonly organisations: Organisations;
  /** Only those for this one (id); undefined: all. */
  readonly only: string | undefined;
  readonly said: Said;
  readonly typed: Typed;
}

function held(context: ConsoleContext, person: AccountView, grant: Grant, organisations: Organisations): Html {
  const own = context.frame.words.consoleRoles;
  const takes = mayOn(context, revokeRole, person) && mayGive(context, revokeRole, grant);
  const take =
    takes &&
    disclosed({
      label: own.take,
      of: person.name,
      action: '/roles/revoke',
      button: own.takeButton,
      danger: true,
      body: html`<p class="small">${own.takeText}</p>${hidden('account', person.id)}${grantHidden(grant)}`,
    });
  return html`<li><span>${grantWords(context.frame.words, organisations, grant)}</span>${take}</li>`;
}

function rowOf(context: ConsoleContext, person: AccountView, organisations: Organisations): readonly Html[] {
  const { consoleWords: common } = context.frame.words;
  const grants = person.roles.map((grant) => held(context, person, grant, organisations));
  return [
    html`<a href="${accountAddress(person.id)}"><bdi>${person.name}</bdi></a>${person.disabledAt !== null && html` <span class="tag off">${common.states.disabled}</span>`}`,
    html`<bdi>${person.realm}</bdi>`,
    html`<ul class="plain-list held">${grants}</ul>`,
    whenOr(context, person.lastSignIn, common.never),
  ];
}

function give(context: ConsoleContext, { typed, organisations }: RolesView): Html {
  const { words } = context.frame;
  const own = words.consoleRoles;
  const realm =
    context.site.config.realms.size > 1 &&
    typedField(words, typed, { name: 'realm', label: words.consoleWords.realm, optional: words.common.optional });
  const body = html`<p class="small soft">${own.giveText}</p>${typedField(words, typed, { name: 'account', label: own.whom, hint: own.whomHint, more: html` autocomplete="off" autocapitalize="none" spellcheck="false"` })}${realm}
${grantFields(context, typed, organisations)}`;
  return disclosed({
    label: own.give,
    action: '/roles/grant',
    button: own.giveButton,
    body,
    open: typed.fault !== undefined,
  });
}

function filter(context: ConsoleContext, { organisations, only }: RolesView): Html {
  const { words } = context.frame;
  if (organisations.size < 2) return html``;
  const typed = { value: () => only, fault: undefined };
  const field = organisationField(words, typed, {
    organisations,
    label: words.consoleWords.organisation,
    none: words.consoleWords.all,
    id: 'only',
  });
  return html`<form class="search" method="get" action="/roles">${field}<button class="button quiet" type="submit">${words.consoleWords.filter}</button></form>`;
}

/** Who may do something here beside signing in to apps. */
export function rolesPage(context: ConsoleContext, view: RolesView): Html {
  const { words } = context.frame;
  const { people, organisations, said } = view;
  const { consoleRoles: own, consoleWords: common } = words;
  const columns = [
    { label: common.account },
    { label: common.realm },
    { label: own.roles },
    { label: common.lastSignIn },
  ];
  const rows = people.map((person) => rowOf(context, person, organisations));
  const body = html`${saidWords(words, said)}<p class="lead">${own.lead}</p>
${may(context, grantRole) && html`<div class="above">${give(context, view)}</div>`}${filter(context, view)}
<div id="results">${rows.length === 0 ? empty(own.empty) : table({ caption: own.caption({ n: rows.length }), columns, rows })}</div>`;
  return consolePage(context, { title: own.title, body });
}
