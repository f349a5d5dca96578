import { type Html, html } from '../../../../lib/html.ts';
import type { Words } from '../../../words/shape.ts';
import { type Row, shareText } from './view.ts';

const [WIDTH, TOP, BASE, HEIGHT] = [720, 28, 258, 292];
/** Where the first and the last day stand; left of them is what the lines mean. */
const [LEFT, RIGHT] = [72, WIDTH - 10];
/** Labels below: more would stand in each other's way on a phone. */
const LABELS = 4;

const round = (value: number): number => Math.round(value * 10) / 10;

interface Point {
  readonly x: number;
  /** null: there is nobody. */
  readonly y: number | null;
}

/** Where each day stands, by its place among all of them. */
function pointsOf(rows: readonly Row[]): readonly Point[] {
  const step = rows.length < 2 ? 0 : (RIGHT - LEFT) / (rows.length - 1);
  return rows.map(({ percent }, n) => ({
    x: round(rows.length < 2 ? (LEFT + RIGHT) / 2 : LEFT + n * step),
    y: percent === null ? null : round(BASE - (percent / 100) * (BASE - TOP)),
  }));
}

/** Days after one another of which each has a share. */
function runsOf(points: readonly Point[]): readonly (readonly { readonly x: number; readonly y: number }[])[] {
  const runs: { x: number; y: number }[][] = [];
  let run: { x: number; y: number }[] = [];
  for (const { x, y } of points) {
    if (y === null) run = [];
    else {
      if (run.length === 0) runs.push(run);
      run.push({ x, y });
    }
  }
  return runs;
}

/** The line of a run and the ground below it; a day by itself is a dot. */
function drawn(run: readonly { readonly x: number; readonly y: number }[]): Html {
  const [first, last] = [run[0], run.at(-1)];
  if (first === undefined || last === undefined) return html``;
  if (run.length === 1) return html`<circle class="line-dot" cx="${first.x}" cy="${first.y}" r="4"/>`;
  const line = run.map(({ x, y }) => `${x} ${y}`).join(' ');
  return html`<polygon class="ground" points="${first.x} ${BASE} ${line} ${last.x} ${BASE}"/><polyline class="line" points="${line}"/>`;
}

/** A fall is the piece of the line on which it came, and a dot where it ends. */
function fallen(points: readonly Point[], at: number): Html {
  const [before, now] = [points[at - 1], points[at]];
  if (before?.y == null || now?.y == null) return html``;
  return html`<line class="fell" x1="${before.x}" y1="${before.y}" x2="${now.x}" y2="${now.y}"/><circle class="fell-dot" cx="${now.x}" cy="${now.y}" r="5"/>`;
}

/** A few days by their names, the first and the last among them. */
function labels({ locale }: Words, rows: readonly Row[], points: readonly Point[]): readonly Html[] {
  const format = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', day: 'numeric', month: 'short' });
  const count = Math.min(LABELS, rows.length);
  const places = Array.from({ length: count }, (_, n) =>
    count < 2 ? 0 : Math.round((n * (rows.length - 1)) / (count - 1)),
  );
  return [...new Set(places)].map((place) => {
    const anchor = rows.length < 2 ? 'middle' : place === 0 ? 'start' : place === rows.length - 1 ? 'end' : 'middle';
    const x = anchor === 'start' ? LEFT : (points[place]?.x ?? 0);
    return html`<text class="${anchor}" x="${x}" y="${HEIGHT - 8}">${format.format(Date.parse(rows[place]?.day ?? ''))}</text>`;
  });
}

/** Days on which a password alone was enough somewhere, below the line. */
function alone(rows: readonly Row[], points: readonly Point[]): readonly Html[] {
  const width = Math.max(2, round((RIGHT - LEFT) / Math.max(1, rows.length)));
  return rows.flatMap(({ passwordAlone }, n) => {
    const x = round((points[n]?.x ?? 0) - width / 2);
    return passwordAlone === null || passwordAlone === 0
      ? []
      : [html`<rect class="alone" x="${x}" y="${BASE + 2}" width="${width}" height="6"/>`];
  });
}

/** The share of each day from nothing to all. For eyes alone: the table beside it says the same. */
export function shareChart(words: Words, rows: readonly Row[], falls: ReadonlySet<string>): Html {
  const points = pointsOf(rows);
  const scale = [0, 50, 100].map((percent) => {
    const y = BASE - (percent / 100) * (BASE - TOP);
    const text = html`<text class="scale" x="0" y="${y + 6}">${shareText(words, percent)}</text>`;
    return html`<line class="${percent === 0 ? 'base' : 'grid'}" x1="${LEFT}" y1="${y}" x2="${WIDTH}" y2="${y}"/>${text}`;
  });
  const fell = rows.map(({ day }, n) => (falls.has(day) ? fallen(points, n) : html``));
  return html`<svg class="chart trend-chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true" focusable="false">${scale}${runsOf(points).map(drawn)}${fell}${alone(rows, points)}${labels(words, rows, points)}</svg>`;
}
