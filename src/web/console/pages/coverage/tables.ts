import type { CellClass } from '../../../../coverage/cells.ts';
import { type Counts, present } from '../../../../coverage/summary.ts';
import { type Html, html } from '../../../../lib/html.ts';
import type { CoverageAnswer } from '../../../../manage/coverage-form.ts';
import type { Words } from '../../../words/shape.ts';
import { addressOf } from '../../address.ts';
import { appWords } from '../parts/people.ts';
import { numeral } from '../parts/said.ts';
import { table } from '../parts/table.ts';
import type { CoverageQuery } from './wish.ts';

const COLUMNS: readonly CellClass[] = ['protected', 'waiting', 'none', 'barred', 'unknown'];

/** Organisations that are listed, those where most is missing first; the form finds the others. */
const LISTED = 50;

const missing = (counts: Counts): number => counts.unknown + counts.none + counts.waiting;

function columnsOf({ consoleCoverage: own, consoleWords: common }: Words, first: string) {
  const number = (label: string) => ({ label, look: 'number' as const });
  return [{ label: first }, number(common.accounts), ...COLUMNS.map((each) => number(own.classes[each]))];
}

/** A count of each class, leading to the accounts that it counts. */
function countsOf(words: Words, counts: Counts, wish: CoverageQuery): Html[] {
  const link = (count: number, how: CellClass) =>
    count === 0 || Object.keys(wish).length === 0
      ? html`${numeral(words, count)}`
      : html`<a href="${addressOf('/coverage', { ...wish, class: how })}#accounts">${numeral(words, count)}</a>`;
  return [html`${numeral(words, present(counts))}`, ...COLUMNS.map((each) => link(counts[each], each))];
}

/** How each organisation stood. */
export function byOrganisation(words: Words, { summary }: CoverageAnswer, { day }: CoverageQuery): Html {
  const { consoleCoverage: own, consoleWords: common } = words;
  const all = [...summary.organisations].sort((a, b) => missing(b.counts) - missing(a.counts));
  if (all.length === 0) return html``;
  const rows = all.slice(0, LISTED).map(({ id, name, counts }) => {
    // What belonged to none on record has no name by which it could be asked for.
    const known = id !== '';
    const named = known
      ? html`<a href="${addressOf('/coverage', { day, organisation: id })}#accounts"><bdi>${name}</bdi></a>`
      : html`<span class="soft">${own.classes.unknown}</span>`;
    return [named, ...countsOf(words, counts, known ? { day, organisation: id } : {})];
  });
  const more =
    all.length > LISTED && html`<p class="small soft">${own.more({ n: numeral(words, all.length - LISTED) })}</p>`;
  const caption = own.organisationsCaption;
  return html`<section><h2>${own.organisations}</h2>${table({ caption, columns: columnsOf(words, common.organisation), rows })}${more}</section>`;
}

/** How the accounts stood at each app: an account is counted at every app of its realm. */
export function byApp(words: Words, { summary }: CoverageAnswer, { day }: CoverageQuery): Html {
  const { consoleCoverage: own, consoleWords: common } = words;
  if (summary.apps.length === 0) return html``;
  const rows = summary.apps.map(({ app, counts }) => [
    html`<a href="${addressOf('/coverage', { day, app })}#accounts">${appWords(words, app)}</a>`,
    ...countsOf(words, counts, { day, app }),
  ]);
  return html`<section><h2>${own.apps}</h2>${table({ caption: own.appsCaption, columns: columnsOf(words, common.app), rows })}</section>`;
}
