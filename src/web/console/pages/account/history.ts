import { type Html, html } from '../../../../lib/html.ts';
import type { ConsoleContext } from '../../context.ts';
import { kindText } from '../parts/kinds.ts';
import { appWords } from '../parts/people.ts';
import { table } from '../parts/table.ts';
import { when } from '../parts/when.ts';
import type { AccountView } from './view.ts';

type Entry = AccountView['record'][number];

/** What happened; what went wrong says why, where there are words for that. */
function entryWords({ frame: { words } }: ConsoleContext, { kind, outcome }: Entry): string {
  const failed: Readonly<Record<string, string>> = words.activity.failed;
  const why = outcome !== 'ok' && Object.hasOwn(failed, kind) ? failed[kind] : undefined;
  return why ?? kindText(words, kind);
}

/** Who did it: a name where the reader may know it. */
function byWhom({ frame: { words } }: ConsoleContext, { by, actor, accountId }: Entry): Html {
  const own = words.consoleAccount;
  if (actor === accountId) return html`${own.bySelf}`;
  if (by !== null) return html`<bdi>${by}</bdi>`;
  if (actor.startsWith('cli:')) return html`<bdi dir="ltr">${actor}</bdi>`;
  if (actor === 'system') return html`${words.account.bySystem}`;
  return actor === 'anonymous' ? html`${own.bySomebody}` : html`${words.account.byAdministrator}`;
}

/** The newest of what is on record about the account. */
export function historySection(context: ConsoleContext, view: AccountView): Html {
  const { consoleAccount: own, consoleWords: common } = context.frame.words;
  const columns = [
    { label: own.what },
    { label: own.whenColumn },
    { label: own.whoColumn },
    { label: common.app },
    { label: common.from },
  ];
  const rows = view.record.map((entry) => [
    html`${entry.outcome !== 'ok' && html`<span class="tag off">${common.refused}</span> `}${entryWords(context, entry)}`,
    when(context, entry.at),
    byWhom(context, entry),
    entry.appId === null ? html`` : appWords(context.frame.words, entry.appId),
    entry.source === null ? html`` : html`<bdi dir="ltr">${entry.source}</bdi>`,
  ]);
  const list =
    rows.length === 0
      ? html`<p class="soft">${own.noHistory}</p>`
      : table({ caption: own.historyCaption, columns, rows });
  const only = view.history === 'sign-ins' && html`<p class="small soft">${own.historySome}</p>`;
  return html`<section><h2>${own.historyTitle}</h2>${only}${list}</section>`;
}
