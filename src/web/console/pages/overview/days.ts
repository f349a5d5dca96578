import { type Html, html } from '../../../../lib/html.ts';
import type { Overview } from '../../../../manage/overview.ts';
import type { Words } from '../../../words/shape.ts';
import { numeral } from '../parts/said.ts';
import { table } from '../parts/table.ts';
import { dayChart, swatch } from './charts.ts';

/** Sign-ins and refused attempts of each day, as columns and as a table. Days are those of UTC, as the record has them. */
export function lastDays(words: Words, { days }: Overview): Html {
  const said = words.consoleOverview;
  const short = new Intl.DateTimeFormat(words.locale, { timeZone: 'UTC', day: 'numeric' });
  const long = new Intl.DateTimeFormat(words.locale, {
    timeZone: 'UTC',
    weekday: 'short',
    day: 'numeric',
    month: 'short',
  });
  const columns = days.map(({ from, signIns, refused }) => ({
    label: short.format(from),
    first: signIns,
    second: refused,
  }));
  const rows = [...days]
    .reverse()
    .map(({ from, signIns, refused }) => [
      html`<time datetime="${new Date(from).toISOString().slice(0, 10)}">${long.format(from)}</time>`,
      html`${numeral(words, signIns)}`,
      html`${numeral(words, refused)}`,
    ]);
  const heads = [
    { label: said.day },
    { label: said.signIns, look: 'number' as const },
    { label: said.refused, look: 'number' as const },
  ];
  return html`<section class="panel"><h2>${said.lastDays}</h2>
<p class="legend" aria-hidden="true">${swatch('sign-ins')} ${said.signIns} ${swatch('refused')} ${said.refused}</p>
${dayChart(columns, (count) => numeral(words, count))}
<details class="numbers"><summary>${said.inNumbers}</summary>${table({ caption: said.daysCaption, columns: heads, rows })}</details></section>`;
}
