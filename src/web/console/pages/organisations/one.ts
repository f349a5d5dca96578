import { type Html, html } from '../../../../lib/html.ts';
import type { AccountView } from '../../../../manage/account-view.ts';
import { addAccount } from '../../../../manage/accounts.ts';
import { type CountedOrganisation, removeOrganisation, setOrganisation } from '../../../../manage/organisations.ts';
import { accountAddress, addressOf, organisationAddress } from '../../address.ts';
import type { ConsoleContext } from '../../context.ts';
import { may, mayIn } from '../../may.ts';
import type { Said } from '../../said.ts';
import { disclosed, type Typed, typedField } from '../parts/form.ts';
import { numeral, saidWords } from '../parts/said.ts';
import { when } from '../parts/when.ts';
import { consolePage } from '../shell.ts';
import { looksSection } from './looks.ts';
import { policySection } from './policy.ts';

export interface OrganisationView {
  readonly row: CountedOrganisation;
  /** People who hold a role for it; undefined: not for the reader to know. */
  readonly people: readonly AccountView[] | undefined;
  readonly said: Said;
  readonly typed: Typed;
}

function facts(context: ConsoleContext, { id, realm, contact, accounts, createdAt }: CountedOrganisation): Html {
  const { consoleOrganisations: own, consoleWords: common } = context.frame.words;
  return html`<dl class="facts beside"><dt>${common.accounts}</dt><dd><a href="${addressOf('/accounts', { organisation: id })}">${numeral(context.frame.words, accounts)}</a></dd>
<dt>${own.contact}</dt><dd>${contact === '' ? html`<span class="soft">${common.none}</span>` : html`<bdi>${contact}</bdi>`}</dd>
<dt>${common.realm}</dt><dd><bdi>${realm}</bdi></dd><dt>${own.since}</dt><dd>${when(context, createdAt)}</dd></dl>`;
}

/** The roles that somebody holds for this organisation alone. */
function rolesFor(
  { consoleWords: common }: ConsoleContext['frame']['words'],
  { roles }: AccountView,
  id: string,
): Html[] {
  const own = roles.filter(({ organisation }) => organisation === id);
  return own.map(({ role }) => html` <span class="tag">${common.roles[role]}</span>`);
}

function delegated({ frame: { words } }: ConsoleContext, id: string, people: readonly AccountView[]): Html {
  const { consoleOrganisations: own } = words;
  const items = people.map(
    (person) =>
      html`<li><a href="${accountAddress(person.id)}"><bdi>${person.name}</bdi></a>${rolesFor(words, person, id)}</li>`,
  );
  const list =
    people.length === 0 ? html`<p class="soft">${own.nobody}</p>` : html`<ul class="plain-list">${items}</ul>`;
  return html`<section><h2>${own.people}</h2><p class="soft small">${own.peopleText}</p>${list}
<p><a href="${addressOf('/roles', { organisation: id })}">${own.toRoles}</a></p></section>`;
}

function edit({ frame: { words } }: ConsoleContext, { row, typed }: OrganisationView): Html {
  const { consoleOrganisations: own, common } = words;
  const body = html`${typedField(words, typed, { name: 'name', label: own.name, value: row.name, more: html` maxlength="100"` })}
${typedField(words, typed, { name: 'contact', label: own.contact, value: row.contact, hint: own.contactHint, optional: common.optional, more: html` maxlength="200"` })}`;
  return disclosed({
    label: own.edit,
    action: organisationAddress(row.id, '/set'),
    button: words.consoleWords.save,
    body,
    open: typed.fault?.field === 'name' || typed.fault?.field === 'contact',
  });
}

function remove({ frame: { words } }: ConsoleContext, { id, accounts }: CountedOrganisation): Html {
  const own = words.consoleOrganisations;
  if (accounts > 0) return html`<p class="soft small">${own.removeLater}</p>`;
  const action = organisationAddress(id, '/remove');
  return disclosed({
    label: own.remove,
    action,
    button: own.removeButton,
    body: html`<p>${own.removeText}</p>`,
    danger: true,
  });
}

/** One client organisation: whom to ask there, who helps its people, and what can be changed of it. */
export function organisationPage(context: ConsoleContext, view: OrganisationView): Html {
  const { words } = context.frame;
  const { row, people, said } = view;
  const own = words.consoleOrganisations;
  const adds = mayIn(context, addAccount, row.id);
  const edits = mayIn(context, setOrganisation, row.id);
  const body = html`${saidWords(words, said)}${facts(context, row)}
<div class="acts"><a class="button" href="${addressOf('/accounts', { organisation: row.id })}">${own.toAccounts}</a>${adds && html`<a class="button quiet" href="${addressOf('/accounts/new', { organisation: row.id })}">${own.addAccount}</a>`}</div>
${looksSection(context, row, view.typed)}
${policySection(context, row, view.typed)}
${people !== undefined && delegated(context, row.id, people)}
${edits && html`<section><h2>${own.change}</h2>${edit(context, view)}${may(context, removeOrganisation) && remove(context, row)}</section>`}`;
  return consolePage(context, { title: row.name, body, trail: [['/organisations', own.title]] });
}
