import { dayOf, MOST_DAYS } from '../../../../coverage/trend/days.ts';
import { type Html, html } from '../../../../lib/html.ts';
import { type TrendAnswer, USUAL_DAYS } from '../../../../manage/trend/form.ts';
import type { Words } from '../../../words/shape.ts';
import { addressOf } from '../../address.ts';
import type { ConsoleContext } from '../../context.ts';
import { swatch } from '../overview/charts.ts';
import { NOTHING_TYPED } from '../parts/form.ts';
import { type OrganisationListed, organisationField } from '../parts/people.ts';
import { numeral } from '../parts/said.ts';
import { empty } from '../parts/table.ts';
import { when } from '../parts/when.ts';
import { consolePage } from '../shell.ts';
import { shareChart } from './chart.ts';
import { fallList } from './falls.ts';
import { dayTable, organisationTable } from './tables.ts';
import { type Amiss, dayText, type Row, shareText, shownOf, type TrendView } from './view.ts';
import type { TrendQuery } from './wish.ts';

const knownOf = ({ organisations, asked: { organisation } }: TrendView) =>
  [...organisations.values()].find(({ id, name }) => organisation === id || organisation === name);

/** One that was asked for stays chosen, though there may be none such any more. */
function withAsked(view: TrendView): ReadonlyMap<string, OrganisationListed> {
  const { answer, asked, organisations } = view;
  const { organisation: id } = asked;
  if (id === undefined || knownOf(view) !== undefined) return organisations;
  const name = (typeof answer === 'string' ? undefined : answer.rows.at(-1)?.organisation?.name) ?? id;
  const [some] = organisations.values();
  return new Map<string, OrganisationListed>([...organisations, [id, { id, name, realm: some?.realm ?? '' }]]);
}

function form(context: ConsoleContext, view: TrendView): Html {
  const { answer, asked } = view;
  const { words } = context.frame;
  const { consoleTrend: own, consoleEvidence: days, consoleWords: common } = words;
  const shown = typeof answer === 'string' ? asked : answer;
  const bounds = { n: numeral(words, MOST_DAYS), usual: numeral(words, USUAL_DAYS) };
  const hint = html`<p class="hint" id="days-hint">${own.daysHint(bounds)}</p>`;
  const day = (name: 'from' | 'to') =>
    html`<div class="field"><label for="${name}">${days[name]}</label><input id="${name}" name="${name}" type="date" max="${dayOf(context.now)}" value="${asked[name] ?? shown[name] ?? ''}" aria-describedby="days-hint">${name === 'to' && hint}</div>`;
  const field = organisationField(words, NOTHING_TYPED, {
    ...{ organisations: withAsked(view), label: common.organisation, none: common.all },
    value: knownOf(view)?.id ?? asked.organisation,
  });
  return html`<search><form method="get" action="/coverage/trend" accept-charset="utf-8"><div class="fields">${day('from')}${day('to')}${field}</div>
<div class="tools"><button class="button" type="submit">${common.filter}</button><a class="button quiet" href="/coverage/trend">${words.consoleCoverage.clear}</a><a class="button quiet" href="${addressOf('/coverage', { day: asked.to, organisation: asked.organisation })}">${own.day}</a></div></form></search>`;
}

/** Why there is nothing, and what to do. */
function amiss(words: Words, what: Amiss, { organisation }: TrendQuery): Html {
  const own = words.consoleTrend;
  switch (what) {
    case 'busy':
      return html`<div class="note" role="status"><p>${own.busy}</p></div>`;
    case 'misused':
      return empty(own.misused({ n: numeral(words, MOST_DAYS) }));
    case 'too-many':
      return empty(own.tooMany);
    case 'nobody':
      return empty(organisation === undefined ? own.nobody : own.nobodyOf);
    default:
      return what satisfies never;
  }
}

/** The first of the lowest share, among the days on which there was somebody. */
function lowestOf(rows: readonly Row[]): Row | undefined {
  const there = rows.filter(({ percent }) => percent !== null);
  return there.reduce<Row | undefined>(
    (low, row) => ((row.percent ?? 0) < (low?.percent ?? 101) ? row : low),
    undefined,
  );
}

/** How it stands and how it stood, in a few numbers. */
function figures(words: Words, rows: readonly Row[], falls: number): Html {
  const own = words.consoleTrend;
  const [last, low] = [rows.at(-1), lowestOf(rows)];
  const figure = (name: Html, value: string) => html`<div class="figure"><dt>${name}</dt><dd>${value}</dd></div>`;
  const lowest = html`${own.lowest}${low !== undefined && html` <span class="small">(${dayText(words, low.day)})</span>`}`;
  return html`<dl class="figures row">${figure(html`${own.last}`, shareText(words, last?.percent ?? null))}${figure(lowest, shareText(words, low?.percent ?? null))}${figure(html`${own.fallen}`, numeral(words, falls))}</dl>`;
}

function legend(words: Words, rows: readonly Row[]): Html {
  const { consoleTrend: own, consoleCoverage } = words;
  const open = rows.some(({ passwordAlone }) => passwordAlone !== null && passwordAlone > 0);
  return html`<p class="legend" aria-hidden="true">${swatch('passkey')} ${consoleCoverage.classes.protected} ${swatch('none')} ${own.legendFall}${open && html` ${swatch('recovery')} ${own.legendAlone}`}</p>`;
}

/** The files: of each day, and of each organisation of each day. */
function files(words: Words, { from, to }: TrendAnswer, { organisation }: TrendQuery): Html {
  const own = words.consoleTrend;
  const each =
    organisation === undefined &&
    html`<li><a href="${addressOf('/coverage/trend/export.csv', { from, to, each: 'days' })}" download>${own.csvEach}</a></li>`;
  return html`<div class="export small"><p>${words.consoleRecord.export}</p><ul><li><a href="${addressOf('/coverage/trend/export.csv', { from, to, organisation })}" download>${own.csvDays}</a></li>${each}</ul></div>`;
}

function rests(context: ConsoleContext, { record: { entries, droppedBefore } }: TrendAnswer): Html {
  const { words } = context.frame;
  const own = words.consoleCoverage;
  if (entries === null && droppedBefore === null) return html``;
  const fact = (name: string, value: Html) => html`<dt>${name}</dt><dd>${value}</dd>`;
  return html`<section><h2>${own.rests}</h2><dl class="facts">${entries !== null && fact(own.read, html`${numeral(words, entries)}`)}${droppedBefore !== null && fact(own.dropped, when(context, droppedBefore))}</dl></section>`;
}

function seen(context: ConsoleContext, answer: TrendAnswer, { asked }: TrendView): Html {
  const { words } = context.frame;
  const own = words.consoleTrend;
  const all = shownOf(answer, asked);
  const begins = all.findIndex(({ accounts }) => accounts > 0);
  if (begins < 0) return amiss(words, 'nobody', asked);
  const rows = all.slice(begins);
  const since = begins > 0 && html` ${own.since({ day: dayText(words, rows[0]?.day ?? '') })}`;
  const falls = answer.falls.filter((fall) => asked.organisation !== undefined || fall.organisation === null);
  const fell = new Set(falls.flatMap(({ day, percent }) => (percent === null ? [] : [day])));
  return html`${figures(words, rows, falls.length)}
<section class="panel trend"><h2>${own.chart}</h2><p class="small soft">${own.chartText}${since}</p>${legend(words, rows)}${shareChart(words, rows, fell)}</section>
${fallList(words, falls, asked)}${organisationTable(words, answer)}${dayTable(words, rows, asked)}${files(words, answer, asked)}${rests(context, answer)}`;
}

/** How coverage went from day to day: what it is, when it fell, and where to look. */
export function trendPage(context: ConsoleContext, view: TrendView): Html {
  const { words } = context.frame;
  const { answer, asked } = view;
  const body = typeof answer === 'string' ? amiss(words, answer, asked) : seen(context, answer, view);
  return consolePage(context, { title: words.consoleTrend.title, body: html`${form(context, view)}${body}` });
}
