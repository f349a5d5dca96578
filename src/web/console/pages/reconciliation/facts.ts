import { CLASSES } from '../../../../coverage/reconcile.ts';
import { parseDuration } from '../../../../lib/duration.ts';
import { type Html, html } from '../../../../lib/html.ts';
import type { RosterView } from '../../../../manage/roster/show.ts';
import { duration } from '../../../pages/say.ts';
import type { Words } from '../../../words/shape.ts';
import { addressOf } from '../../address.ts';
import type { ConsoleContext } from '../../context.ts';
import { numeral } from '../parts/said.ts';
import { when } from '../parts/when.ts';
import { listAddress, type State } from './wish.ts';

type Said = Words['consoleReconciliation'];

export function stateText(said: Said, state: State): string {
  return state === 'dormant' ? said.dormant : said.classes[state];
}

function sourceText({ sources }: Said, source: string): string {
  const known: Readonly<Record<string, string>> = sources;
  return Object.hasOwn(known, source) ? (known[source] ?? source) : source;
}

const DAY = 86_400_000;

/** A length of time, in days where it is some. */
function lasting(words: Words, ms: number): string {
  if (ms < 2 * DAY || ms % DAY !== 0) return duration(words, ms / 1000);
  return new Intl.NumberFormat(words.locale, { style: 'unit', unit: 'day', unitDisplay: 'long' }).format(ms / DAY);
}

/** What went of the list, when and under what; nothing where it has all of its names. */
function erasedNote(context: ConsoleContext, { erased }: RosterView): Html {
  if (erased === null) return html``;
  const { words } = context.frame;
  const said = words.consoleReconciliation.erased;
  const { names, whole, at, rule, under } = erased;
  const what = whole ? said.whole : said.some({ n: numeral(words, names) });
  const rules = rule === 'retention' ? said.retention : said.request;
  const ms = rule === 'retention' ? parseDuration(under ?? '') : undefined;
  const reason = ms === undefined ? html`<bdi>${under}</bdi>` : lasting(words, ms);
  const why = at === null ? html`<p>${said.unsaid}</p>` : html`<p>${when(context, at)}</p><p>${rules} ${reason}</p>`;
  return html`<div class="note"><p><strong>${what}</strong></p>${why}${whole && html`<p>${said.counted}</p>`}</div>`;
}

/** Where a list comes from, and what became of reading it. */
export function facts(context: ConsoleContext, view: RosterView): Html {
  const { words } = context.frame;
  const said = words.consoleReconciliation;
  const { source, everyMs, read, failed, dormantAfterMs, disableDormant, doubled } = view;
  const fact = (name: string, value: Html | string) => html`<dt>${name}</dt><dd>${value}</dd>`;
  const every = everyMs !== null && fact(said.every, lasting(words, everyMs));
  const last =
    read !== null &&
    html`${fact(said.last, when(context, read.at))}${fact(said.from, sourceText(said, read.from))}${read.by !== null && fact(said.by, html`<bdi>${read.by}</bdi>`)}
${fact(said.names, numeral(words, read.names))}${fact(said.digest, html`<code class="small" dir="ltr">${read.digest}</code>`)}`;
  const dormant =
    dormantAfterMs !== null &&
    fact(said.dormantAfter, html`${lasting(words, dormantAfterMs)}${disableDormant && html`<br>${said.disables}`}`);
  const twice = doubled > 0 && fact(said.doubled, numeral(words, doubled));
  return html`<dl class="facts beside">${fact(said.comesFrom, source === null ? said.nobody : sourceText(said, source))}${every}${last}${dormant}${twice}</dl>
${erasedNote(context, view)}${failed !== null && html`<div class="alert"><p>${said.failed} ${when(context, failed.at)}</p><p lang="en" dir="ltr">${failed.why}</p></div>`}`;
}

/** How many are what; each number leads to those that it counts. */
export function counts(words: Words, { app, counts: all, dormant, dormantAfterMs, read, erased }: RosterView): Html {
  if (read === null) return html``;
  const said = words.consoleReconciliation;
  const figure = (state: State, count: number) =>
    html`<div class="figure"><dt>${stateText(said, state)}</dt><dd>${erased?.whole === true ? numeral(words, count) : html`<a href="${addressOf(listAddress(app), { state })}#accounts">${numeral(words, count)}</a>`}</dd></div>`;
  return html`<dl class="figures row">${CLASSES.map((each) => figure(each, all[each] ?? 0))}${dormantAfterMs !== null && figure('dormant', dormant)}</dl>`;
}
