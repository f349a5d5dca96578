import { type Html, html } from '../../../../lib/html.ts';
import type { TrendAnswer } from '../../../../manage/trend/form.ts';
import type { Words } from '../../../words/shape.ts';
import { addressOf } from '../../address.ts';
import { numeral } from '../parts/said.ts';
import { table } from '../parts/table.ts';
import { dayText, type Row, shareText } from './view.ts';
import type { TrendQuery } from './wish.ts';

/** Organisations that are listed; the form finds the others. */
const LISTED = 50;

const number = (label: string) => ({ label, look: 'number' as const });

/** A number that may not be settled. */
function settled(words: Words, value: number | null): Html {
  if (value !== null) return html`${numeral(words, value)}`;
  return html`<span aria-hidden="true">–</span><span class="unseen">${words.consoleTrend.unsettled}</span>`;
}

function cellsOf(words: Words, row: Row, told: boolean): readonly Html[] {
  const { counts, strength, percent, exempt, passwordAlone, accounts } = row;
  const by = (...acrs: readonly string[]) =>
    strength.reduce((sum, each) => (acrs.includes(each.acr) ? sum + each.accounts : sum), 0);
  const numbers = [counts.protected, by('phr'), by('mfa', 'possession'), counts.waiting, counts.none, counts.unknown];
  return [
    html`${numeral(words, accounts)}`,
    html`${shareText(words, percent)}`,
    ...numbers.map((value) => html`${numeral(words, value)}`),
    ...(told ? [settled(words, exempt)] : []),
    settled(words, passwordAlone),
  ];
}

/** The chart in numbers, the last day first, each leading to coverage of that day. */
export function dayTable(words: Words, rows: readonly Row[], { organisation }: TrendQuery): Html {
  const { consoleTrend: own, consoleCoverage, consoleOverview, consoleWords } = words;
  const { protected: shielded, waiting, none, unknown } = consoleCoverage.classes;
  // Of single organisations nobody is told how many ways are exempt.
  const told = rows.some(({ exempt }) => exempt !== null);
  const heads = [
    consoleWords.accounts,
    consoleOverview.share,
    shielded,
    own.passkey,
    own.factor,
    waiting,
    none,
    unknown,
  ];
  const all = [...heads, ...(told ? [own.exempt] : []), own.alone];
  const columns = [{ label: consoleOverview.day }, ...all.map(number)];
  const lines = rows.toReversed().map((row) => {
    const href = addressOf('/coverage', { day: row.day, organisation });
    const day = html`<a href="${href}"><time datetime="${row.day}">${dayText(words, row.day)}</time></a>`;
    return [day, ...cellsOf(words, row, told)];
  });
  return html`<section class="trend-numbers"><h2>${own.eachDay}</h2><details class="numbers"><summary>${consoleOverview.inNumbers}</summary>${table({ caption: own.numbersCaption, columns, rows: lines })}</details></section>`;
}

interface Ends {
  readonly id: string;
  readonly name: string;
  readonly first: Row | undefined;
  readonly last: Row | undefined;
}

const shareOf = (row: Row | undefined): number | null => row?.percent ?? null;
/** How much it fell; who was not there at either end neither fell nor rose. */
const fell = ({ first, last }: Ends): number => {
  const [from, to] = [shareOf(first), shareOf(last)];
  return from === null || to === null ? 0 : from - to;
};

/** The organisations at both ends, the greatest fall first, then the lowest share. */
function endsOf({ rows, from, to }: TrendAnswer): readonly Ends[] {
  const known = new Map<string, Ends>();
  for (const row of rows) {
    if (row.organisation === null) continue;
    const { id, name } = row.organisation;
    const before = known.get(id) ?? { id, name, first: undefined, last: undefined };
    const { first, last } = { first: row.day === from ? row : before.first, last: row.day === to ? row : before.last };
    known.set(id, { id, name, first, last });
  }
  const all = [...known.values()];
  return all.sort((a, b) => fell(b) - fell(a) || (shareOf(a.last) ?? 101) - (shareOf(b.last) ?? 101));
}

/** Each organisation at the first and at the last day. */
export function organisationTable(words: Words, answer: TrendAnswer): Html {
  const { consoleTrend: own, consoleCoverage, consoleWords } = words;
  const all = endsOf(answer);
  if (all.length === 0) return html``;
  const { from, to } = answer;
  const rows = all.slice(0, LISTED).map(({ id, name, first, last }) => {
    const named =
      id === ''
        ? html`<span class="soft">${consoleCoverage.classes.unknown}</span>`
        : html`<a href="${addressOf('/coverage/trend', { from, to, organisation: id })}"><bdi>${name}</bdi></a>`;
    const now = [last?.accounts, last?.counts.protected].map((value) => html`${numeral(words, value ?? 0)}`);
    return [named, ...now, html`${shareText(words, shareOf(first))}`, html`${shareText(words, shareOf(last))}`];
  });
  const heads = [consoleWords.accounts, consoleCoverage.classes.protected, own.first, own.lastDay].map(number);
  const columns = [{ label: consoleWords.organisation }, ...heads];
  const more =
    all.length > LISTED &&
    html`<p class="small soft">${consoleCoverage.more({ n: numeral(words, all.length - LISTED) })}</p>`;
  return html`<section><h2>${consoleCoverage.organisations}</h2>${table({ caption: own.organisationsCaption, columns, rows })}${more}</section>`;
}
