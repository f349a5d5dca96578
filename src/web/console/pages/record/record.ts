import { RETENTION } from '../../../../audit/retention.ts';
import { CONSOLE } from '../../../../config/console.ts';
import { type Html, html } from '../../../../lib/html.ts';
import { showCheckpoint } from '../../../../manage/checkpoint.ts';
import type { EntryView } from '../../../../manage/entry-view.ts';
import type { RecordEntries } from '../../../../manage/record-find.ts';
import { field } from '../../../pages/parts.ts';
import { accountAddress, addressOf } from '../../address.ts';
import type { ConsoleContext } from '../../context.ts';
import { may } from '../../may.ts';
import { type Option, select } from '../parts/form.ts';
import { kindText } from '../parts/kinds.ts';
import { appWords } from '../parts/people.ts';
import { numeral } from '../parts/said.ts';
import { pager } from '../parts/search.ts';
import { empty, table, tableRows } from '../parts/table.ts';
import { moment, when } from '../parts/when.ts';
import { consolePage } from '../shell.ts';
import { EXPORTED, type FILTERS } from './wish.ts';

type Query = Readonly<Partial<Record<(typeof FILTERS)[number], string | undefined>>>;

export interface RecordView {
  /** undefined: what is asked for cannot be meant. */
  readonly entries: RecordEntries | undefined;
  /** As it was typed. */
  readonly asked: Query;
  readonly around: { readonly first: string | null; readonly back: string | null; readonly next: string | null };
  /** The newest entries are among them. */
  readonly first: boolean;
}

const OUTCOMES = ['ok', 'refused', 'failed'] as const;

/** From the year 2001 on, ms: nothing that is counted is so many. */
const isMoment = (value: unknown): value is number => typeof value === 'number' && value > 1e12 && value < 1e14;

/** What an entry says of itself, by name; what is empty says nothing. */
function detail(context: ConsoleContext, { detail: said }: EntryView): Html {
  const all = Object.entries(said).filter(([, value]) => value !== '' && value !== null);
  if (all.length === 0) return html``;
  return html`<dl class="detail" dir="ltr">${all.map(([name, value]) => html`<div><dt>${name}</dt><dd><bdi>${isMoment(value) ? moment(context, value) : String(value)}</bdi></dd></div>`)}</dl>`;
}

function who({ frame: { words } }: ConsoleContext, id: string, name: string | null): Html {
  if (name !== null) return html`<a class="row-link" href="${accountAddress(id)}"><bdi>${name}</bdi></a>`;
  return html`<span class="soft">${words.consoleRecord.removed}</span> <bdi class="small" dir="ltr">${id}</bdi>`;
}

function rowOf(context: ConsoleContext) {
  const { words } = context.frame;
  const said = words.consoleRecord;
  return (entry: EntryView): readonly Html[] => {
    const { at, kind, outcome, accountId, account, actor, by, appId, source } = entry;
    const marked = outcome !== 'ok' && html` <span class="tag off">${said.outcomes[outcome]}</span>`;
    const place = html`${appId !== null && html`${appWords(words, appId)}<br>`}${source !== null && html`<bdi class="small soft" dir="ltr">${source}</bdi>`}`;
    return [
      when(context, at),
      html`<span class="kind">${kindText(words, kind)}</span>${marked}<br><code class="small soft" dir="ltr">${kind}</code>`,
      accountId === null ? html`` : who(context, accountId, account),
      by === null ? html`<bdi>${actor}</bdi>` : html`<bdi>${by}</bdi>`,
      place,
      detail(context, entry),
    ];
  };
}

function filters(context: ConsoleContext, asked: Query): Html {
  const { words } = context.frame;
  const { consoleRecord: said, consoleWords: common } = words;
  const all: Option = ['', common.all];
  const apps = [
    ...context.site.config.apps.map(({ id }): Option => [id, id]),
    [CONSOLE, words.consoleShell.name] as const,
  ];
  const kinds = Object.keys(RETENTION)
    .map((kind): Option => [kind, kindText(words, kind)])
    .sort(([, a], [, b]) => a.localeCompare(b, words.locale));
  const outcomes = OUTCOMES.map((each): Option => [each, said.outcomes[each]]);
  const more = html` maxlength="128" autocomplete="off" autocapitalize="none" spellcheck="false"`;
  const day = (name: 'from' | 'to') =>
    html`<div class="field"><label for="${name}">${said[name]}</label><input id="${name}" name="${name}" type="date" value="${asked[name] ?? ''}"></div>`;
  const text = (name: 'account' | 'actor', hint: string) =>
    field({ name, label: said[name], value: asked[name] ?? '', hint, optional: '', more });
  return html`<search><form method="get" action="/record" accept-charset="utf-8"><div class="fields">${text('account', said.accountHint)}
${select({ name: 'kind', label: said.kind, options: [all, ...kinds], value: asked.kind })}${select({ name: 'outcome', label: said.outcome, options: [all, ...outcomes], value: asked.outcome })}
${select({ name: 'app', label: common.app, options: [all, ...apps], value: asked.app })}${day('from')}${day('to')}${text('actor', said.actorHint)}</div>
<div class="tools"><button class="button" type="submit">${said.show}</button><a class="button quiet" href="/record">${said.clear}</a></div></form></search>`;
}

function tools({ frame: { words } }: ConsoleContext, { asked, first }: RecordView): Html {
  const said = words.consoleRecord;
  const follow =
    first &&
    html`<a class="button quiet" href="${addressOf('/record', asked)}">${said.refresh}</a><label class="needs-script follow"><input type="checkbox" data-follow="${addressOf('/record/live', asked)}" data-arrived="${said.arrived}" data-over="${said.followOver}" data-many="${said.followMany}"> ${said.follow}</label>`;
  const links = (['csv', 'jsonl'] as const).map(
    (kind) =>
      html`<li><a href="${addressOf(`/record/export.${kind}`, asked)}" download>${kind === 'csv' ? 'CSV' : 'JSON Lines'}</a></li>`,
  );
  return html`<div class="tools">${follow}</div>${first && html`<p class="small" role="status" data-followed></p>`}
<div class="export small"><p>${said.export}</p><ul>${links}</ul><p class="soft">${said.exportHint({ n: numeral(words, EXPORTED) })}</p></div>`;
}

function columnsOf({ frame: { words } }: ConsoleContext) {
  const said = words.consoleRecord;
  const labels = [said.when, said.what, said.about, said.by, said.where, said.detail];
  return { columns: labels.map((label) => ({ label })), named: 1 };
}

function list(context: ConsoleContext, { entries, asked, first }: RecordView): Html {
  const { consoleRecord: said } = context.frame.words;
  if (entries === undefined) return empty(said.unknown);
  const more = entries.next !== null && entries.rows.length === 0 && html`<p class="note small">${said.more}</p>`;
  const nothing = Object.values(asked).every((each) => each === undefined) && first ? said.empty : said.noMatch;
  if (entries.rows.length === 0) return html`${entries.next === null && empty(nothing)}${more}`;
  return table({
    caption: said.caption,
    ...columnsOf(context),
    rows: entries.rows.map(rowOf(context)),
    ids: entries.rows.map(({ seq }) => seq),
  });
}

/** A row of the list, for whoever follows it. */
export function entryRow(context: ConsoleContext, entry: EntryView): Html {
  return html`${tableRows({ ...columnsOf(context), rows: [rowOf(context)(entry)], ids: [entry.seq] })}`;
}

/** What is on record, as far as the reader may see it: the newest first. */
export function recordPage(context: ConsoleContext, view: RecordView): Html {
  const { words } = context.frame;
  const heads =
    may(context, showCheckpoint) &&
    html`<p class="screen-only"><a href="/record/checkpoint">${words.consoleCheckpoint.link}</a></p>`;
  const body = html`${heads}${filters(context, view.asked)}${tools(context, view)}
<div id="results">${list(context, view)}${pager(words, view.around)}</div>`;
  return consolePage(context, { title: words.consoleRecord.title, body });
}
