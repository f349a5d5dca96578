import { shown } from '../../letters/clean.ts';
import { type Fitted, fitBlock, fitLines } from '../../letters/fit.ts';
import type { Weight } from '../../letters/fonts.ts';
import { Paper } from '../../letters/paper.ts';
import { type Box, MM } from '../../letters/place.ts';
import { answerValues } from '../verify/agree.ts';
import type { Claims } from '../verify/claims.ts';
import { CHECKED_WORDS, MANDATES } from './mandates.ts';
import { type About, ANSWER_WORDS, methodSections, passwordAlone, type Section, tableSections } from './model.ts';

/** mm. */
const LEFT = 18;
const TOP = 18;
const WIDTH = 174;
const BOTTOM = 280;
const VALUE_WIDTH = 56;
/** Points. */
const TEXT = 9.5;
const CELL = 7;
const SPACING = 1.35;

/** Rows of a table on paper; the tables of the pack have all. */
const MOST = {
  ...{ exemptions: 100, findings: 100, apps: 60, days: 400, accounts: 0 },
  ...{ ways: 100, software: 60, coverage: 0, factors: 0 },
};

interface Item {
  readonly fitted: Fitted;
  readonly box: Box;
}

/** Puts texts one below the other, page after page. */
class Flow {
  readonly #paper: Paper;
  #items: Item[] = [];
  #y = TOP;

  constructor(paper: Paper) {
    this.#paper = paper;
  }

  /** Puts what stands beside each other; a page that is full is handed out first. */
  *put(
    columns: readonly { readonly fitted: Fitted; readonly x: number; readonly w: number }[],
    gap: number,
  ): Generator<Buffer> {
    const heights = columns.map(({ fitted }) => (fitted.lines.length * fitted.leading) / MM + 0.5);
    const height = Math.max(0, ...heights);
    if (this.#y + height > BOTTOM) yield this.flush();
    for (const { fitted, x, w } of columns) this.#items.push({ fitted, box: { x, y: this.#y, w, h: height } });
    this.#y += height + gap;
  }

  /** Begins a new page where less than this is left, mm. */
  *need(height: number): Generator<Buffer> {
    if (this.#y + height > BOTTOM) yield this.flush();
  }

  flush(): Buffer {
    const items = this.#items;
    this.#items = [];
    this.#y = TOP;
    return this.#paper.page('en', () => {
      for (const { fitted, box } of items)
        this.#paper.text(fitted, box, { align: 'start', ink: 'black', isOurs: false });
    });
  }
}

/** A paragraph of any length: the layout of letters makes eight lines of one text, so that it is given sentences. */
function block(text: string, width: number, style: { size: number; weight: Weight }): Fitted {
  const pieces = text.split(/(?<=[.:;]) /);
  const grouped: string[] = [];
  for (const piece of pieces) {
    const last = grouped.at(-1);
    if (last !== undefined && last.length + piece.length < 500) grouped[grouped.length - 1] = `${last} ${piece}`;
    else grouped.push(piece);
  }
  const texts = grouped.map((each) => ({ text: each, weight: style.weight, direction: 'ltr' as const }));
  return fitBlock(texts, { w: width * MM, h: 200 * MM }, { best: style.size, least: style.size }, SPACING);
}

const plain = { size: TEXT, weight: 'regular' as const };

function* paragraph(
  flow: Flow,
  text: string,
  style: { size: number; weight: Weight } = plain,
  gap = 1.5,
): Generator<Buffer> {
  yield* flow.put([{ fitted: block(text, WIDTH, style), x: LEFT, w: WIDTH }], gap);
}

function* heading(flow: Flow, text: string): Generator<Buffer> {
  yield* flow.need(30);
  yield* paragraph(flow, text, { size: 13, weight: 'bold' }, 2);
}

function* facts(flow: Flow, pairs: readonly (readonly [string, string])[]): Generator<Buffer> {
  for (const [words, value] of pairs)
    yield* flow.put(
      [
        { fitted: block(words, WIDTH - VALUE_WIDTH - 4, plain), x: LEFT, w: WIDTH - VALUE_WIDTH - 4 },
        {
          fitted: block(shown(value), VALUE_WIDTH, { ...plain, weight: 'bold' }),
          x: LEFT + WIDTH - VALUE_WIDTH,
          w: VALUE_WIDTH,
        },
      ],
      1,
    );
}

/** Rows by which the widths of columns are found, and characters of a cell beyond which no column grows. */
const [LOOKED_AT, LONGEST] = [500, 42];

/** Where each column begins and how wide it is, mm: as much as its longest cells want of the whole. */
function columnsOf({ heads, rows }: NonNullable<Section['table']>): { x: number; w: number }[] {
  const some = [heads, ...rows.slice(0, LOOKED_AT)];
  const wanted = heads.map((_, i) =>
    some.reduce((most, row) => Math.min(LONGEST, Math.max(most, shown(row[i] ?? '').length + 2)), 0),
  );
  const all = wanted.reduce((sum, each) => sum + each, 0);
  let x = LEFT;
  return wanted.map((each) => {
    const w = (WIDTH * each) / all;
    x += w;
    return { x: x - w, w };
  });
}

function* rowsOf(flow: Flow, table: NonNullable<Section['table']>): Generator<Buffer> {
  const columns = columnsOf(table);
  const { heads, rows } = table;
  const line = (cells: readonly string[], weight: Weight) =>
    cells.map((cell, i) => {
      const texts = [{ text: shown(cell), weight, direction: 'auto' as const }];
      const { x, w } = columns[i] ?? { x: LEFT, w: WIDTH };
      const room = { w: (w - 1.5) * MM, h: CELL * SPACING };
      return { fitted: fitLines(texts, room, { best: CELL, least: CELL }, SPACING), x, w: w - 1 };
    });
  yield* flow.put(line(heads, 'bold'), 0.5);
  for (const row of rows) yield* flow.put(line(row, 'regular'), 0.2);
}

function* section(flow: Flow, { heading: words, texts, table }: Section): Generator<Buffer> {
  yield* heading(flow, words);
  for (const text of texts) yield* paragraph(flow, text);
  if (table !== null && table.heads.length === 2)
    yield* facts(
      flow,
      table.rows.map(([what = '', value = '']) => [what, value] as const),
    );
  else if (table !== null && table.rows.length > 0) yield* rowsOf(flow, table);
}

function* mandates(flow: Flow): Generator<Buffer> {
  yield flow.flush();
  yield* heading(flow, 'What mandates ask for, and what of it is answered');
  yield* paragraph(flow, 'In our own words; no legal advice.');
  for (const { by, asks, checked, answeredBy, notCovered } of MANDATES) {
    yield* flow.need(40);
    yield* paragraph(flow, by, { size: TEXT, weight: 'bold' }, 0.5);
    yield* paragraph(flow, `Asks for (${CHECKED_WORDS[checked]}): ${asks}`, plain, 0.5);
    yield* paragraph(flow, `Answered by: ${answeredBy}`, plain, 0.5);
    yield* paragraph(flow, `Not covered: ${notCovered}`, plain, 3);
  }
}

/** The report for paper: the answers on the first page, then the exceptions, the days, method and limits, and mandates. */
export function* reportPdf(about: About, claims: Claims): Generator<Buffer> {
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const title = `Evidence, ${day(about.from)} to ${day(about.to - 1)}`;
  const paper = new Paper({ madeAt: about.made, title });
  const flow = new Flow(paper);
  yield* paragraph(flow, title, { size: 18, weight: 'bold' }, 3);
  yield* paragraph(flow, about.organisation === null ? 'All organisations' : shown(about.organisation.name));
  yield* heading(flow, 'Who could get in with a password alone?');
  for (const text of passwordAlone(claims)) yield* paragraph(flow, text);
  yield* heading(flow, 'Answers');
  yield* facts(
    flow,
    answerValues(claims, about).map(([name, value]) => [ANSWER_WORDS[name] ?? name, value] as const),
  );
  yield* paragraph(flow, 'Head of the record, 64 characters:', plain, 0.5);
  yield* flow.put([{ fitted: block(about.head, WIDTH, { size: 9, weight: 'mono' }), x: LEFT, w: WIDTH }], 4);
  yield flow.flush();
  for (const each of [...tableSections(claims, MOST), ...methodSections(about)]) yield* section(flow, each);
  yield* mandates(flow);
  yield flow.flush();
  yield paper.end();
}
