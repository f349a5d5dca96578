import { type Html, html } from '../../../../lib/html.ts';
import { addOrganisation, type CountedOrganisation } from '../../../../manage/organisations.ts';
import { addressOf, organisationAddress } from '../../address.ts';
import type { ConsoleContext } from '../../context.ts';
import { may } from '../../may.ts';
import type { Said } from '../../said.ts';
import { numeral, saidWords } from '../parts/said.ts';
import { searchForm } from '../parts/search.ts';
import { empty, table } from '../parts/table.ts';
import { when } from '../parts/when.ts';
import { consolePage } from '../shell.ts';

export interface OrganisationList {
  readonly rows: readonly CountedOrganisation[];
  readonly text: string;
  readonly said: Said;
}

function rowOf(context: ConsoleContext, row: CountedOrganisation): readonly Html[] {
  const { words } = context.frame;
  const { id, name, realm, contact, accounts, createdAt } = row;
  return [
    html`<a href="${organisationAddress(id)}"><bdi>${name}</bdi></a>`,
    html`<bdi>${realm}</bdi>`,
    contact === '' ? html`<span class="soft">${words.consoleWords.none}</span>` : html`<bdi>${contact}</bdi>`,
    html`<a href="${addressOf('/accounts', { organisation: id })}">${numeral(words, accounts)}<span class="unseen"> ${words.consoleWords.accounts}</span></a>`,
    when(context, createdAt),
  ];
}

/** Client organisations, with how many people each has. */
export function organisationsPage(context: ConsoleContext, { rows, text, said }: OrganisationList): Html {
  const { words } = context.frame;
  const { consoleOrganisations: own, consoleWords: common } = words;
  const adds = may(context, addOrganisation);
  const columns = [
    { label: own.name },
    { label: common.realm },
    { label: own.contact },
    { label: common.accounts, look: 'number' as const },
    { label: own.since },
  ];
  const list =
    rows.length === 0
      ? empty(text === '' ? own.empty : common.noMatch)
      : table({ caption: own.caption({ n: rows.length }), columns, rows: rows.map((row) => rowOf(context, row)) });
  const body = html`${saidWords(words, said)}<p class="lead">${own.lead}</p>
<div class="above">${searchForm(words, { action: '/organisations', label: own.search, value: text })}
${adds && html`<a class="button" href="/organisations/new">${own.add}</a>`}</div>
<div id="results">${list}</div>`;
  return consolePage(context, { title: own.title, body });
}
