import { type Html, html } from '../../../../lib/html.ts';
import type { AccountPage, AccountRowView } from '../../../../manage/account-find.ts';
import { addAccount, disableAccount, enableAccount } from '../../../../manage/accounts.ts';
import { revokeAccountSessions } from '../../../../manage/sessions.ts';
import { issueTicket } from '../../../../manage/tickets.ts';
import { accountAddress, addressOf } from '../../address.ts';
import type { ConsoleContext } from '../../context.ts';
import { may } from '../../may.ts';
import type { Said } from '../../said.ts';
import type { Organisations } from '../parts/people.ts';
import { numeral, saidWords } from '../parts/said.ts';
import { pager, searchForm } from '../parts/search.ts';
import { empty, table } from '../parts/table.ts';
import { when, whenOr } from '../parts/when.ts';
import { consolePage } from '../shell.ts';
import { type AccountWish, accountFilters } from './filters.ts';

/** What can be done to many at once, by the name that the form sends. */
export const MANY = {
  ticket: issueTicket,
  end: revokeAccountSessions,
  disable: disableAccount,
  enable: enableAccount,
} as const;
export type ManyAct = keyof typeof MANY;
export const MANY_ACTS: readonly ManyAct[] = ['ticket', 'end', 'disable', 'enable'];

/** Accounts on one page, and so the most that are acted upon at once. */
export const AT_ONCE = 50;

/** The field of the account at a place of the list: a form has each name once. */
export function pickField(place: number): string {
  return `pick${place}`;
}

export interface AccountListView {
  readonly page: AccountPage;
  readonly wish: AccountWish;
  readonly organisations: Organisations;
  /** Addresses of the pages around this one. */
  readonly around: { readonly first: string | null; readonly back: string | null; readonly next: string | null };
  readonly said: Said;
}

function picker({ frame: { words } }: ConsoleContext, { id, name }: AccountRowView, place: number): Html {
  return html`<input type="checkbox" name="${pickField(place)}" value="${id}" form="many" aria-label="${words.consoleAccounts.pick}: ${name}">`;
}

function factorsOf({ frame: { words } }: ConsoleContext, { state, factors }: AccountRowView): Html {
  const { consoleWords: common } = words;
  const kinds = factors.map((kind) => common.factors[kind]);
  const text = kinds.length === 0 ? '' : new Intl.ListFormat(words.locale, { type: 'unit' }).format(kinds);
  const look = state === 'protected' ? 'on' : state === 'invited' ? 'soon' : 'off';
  return html`<span class="tag ${look}">${common.states[state]}</span>${text !== '' && html` <span class="small soft">${text}</span>`}`;
}

function nameCell({ frame: { words } }: ConsoleContext, { id, name, email, roles }: AccountRowView): Html {
  const held = roles.length > 0 && html` <span class="tag">${words.consoleWords.hasRole}</span>`;
  return html`<a class="row-link" href="${accountAddress(id)}"><bdi>${name}</bdi></a>${held}${email !== null && html`<br><span class="small soft"><bdi>${email}</bdi></span>`}`;
}

function groupsOf({ groups }: AccountRowView): Html {
  return html`<span class="small">${groups.map((group, i) => html`${i > 0 && ', '}<bdi>${group}</bdi>`)}</span>`;
}

function rowOf(context: ConsoleContext, { organisations }: AccountListView, picks: boolean) {
  const { consoleWords: common } = context.frame.words;
  const several = organisations.size > 1;
  const realms = context.site.config.realms.size > 1;
  return (row: AccountRowView, place: number): readonly Html[] => [
    ...(picks ? [picker(context, row, place)] : []),
    nameCell(context, row),
    factorsOf(context, row),
    ...(several ? [html`<bdi>${row.organisation ?? common.otherOrganisation}</bdi>`] : []),
    ...(realms ? [html`<bdi>${row.realm}</bdi>`] : []),
    row.state === 'invited' && row.ticketUntil !== null
      ? html`<span class="small soft">${context.frame.words.consoleAccounts.linkUntil}</span> ${when(context, row.ticketUntil)}`
      : whenOr(context, row.lastUsedAt, common.never),
    groupsOf(row),
  ];
}

function columnsOf(context: ConsoleContext, { organisations }: AccountListView, picks: boolean) {
  const { consoleWords: common, consoleAccounts: own } = context.frame.words;
  return [
    ...(picks ? [{ label: own.pick, look: 'pick' as const, unseen: true as const }] : []),
    { label: common.account },
    { label: own.state },
    ...(organisations.size > 1 ? [{ label: common.organisation }] : []),
    ...(context.site.config.realms.size > 1 ? [{ label: common.realm }] : []),
    { label: common.lastUsed },
    { label: common.groups, look: 'roomy' as const },
  ];
}

/** What can be done to those that are picked. The boxes belong to this form by its name. */
function many(context: ConsoleContext, acts: readonly ManyAct[]): Html {
  const own = context.frame.words.consoleAccounts;
  const buttons = acts.map(
    (act) => html`<button class="button quiet" type="submit" name="act" value="${act}">${own.many[act]}</button>`,
  );
  return html`<form id="many" class="many" method="post" action="/accounts/many" aria-label="${own.manyLabel}"><label class="check needs-script"><input type="checkbox" data-pick-all><span>${own.pickAll}</span></label><span class="soft small">${own.manyText}</span>${buttons}</form>`;
}

function results(context: ConsoleContext, view: AccountListView): Html {
  const { words } = context.frame;
  const { page, wish, around } = view;
  const own = words.consoleAccounts;
  if (page.rows.length === 0) {
    const add = may(context, addAccount) && html`<p><a class="button" href="/accounts/new">${own.add}</a></p>`;
    return Object.keys(wish).length === 0
      ? empty(own.empty, html`${add}`)
      : empty(words.consoleWords.noMatch, html`<p><a href="/accounts">${own.showAll}</a></p>`);
  }
  const acts = MANY_ACTS.filter((act) => may(context, MANY[act]));
  const picks = acts.length > 0;
  const n = numeral(words, page.total);
  const caption = page.more ? own.captionMore({ n }) : own.caption({ n });
  const rows = page.rows.map(rowOf(context, view, picks));
  return html`${picks && many(context, acts)}${table({ caption, columns: columnsOf(context, view, picks), rows, named: picks ? 1 : 0 })}${pager(words, around)}`;
}

/** Accounts, found as one types, filtered, picked. */
export function accountsPage(context: ConsoleContext, view: AccountListView): Html {
  const { words } = context.frame;
  const own = words.consoleAccounts;
  const { wish, said } = view;
  const filters = accountFilters(context, wish, view.organisations);
  const add =
    may(context, addAccount) &&
    html`<a class="button" href="${addressOf('/accounts/new', { organisation: wish.organisation })}">${own.add}</a>`;
  const body = html`${saidWords(words, said)}<div class="above">${searchForm(words, { action: '/accounts', label: own.search, value: wish.text ?? '', filters })}${add}</div>
<div id="results" aria-live="polite">${results(context, view)}</div>`;
  return consolePage(context, { title: own.title, body });
}
