import { type Html, html } from '../../../../lib/html.ts';

/** A part of a whole, with the look that it has in the style sheet and beside the table. */
export interface Share {
  readonly look: string;
  readonly count: number;
}

const [BAR_WIDTH, BAR_HEIGHT] = [400, 20];

const round = (value: number): number => Math.round(value * 10) / 10;

/** One bar, divided. For eyes alone: the table beside it says the same. */
export function dividedBar(shares: readonly Share[]): Html {
  const whole = shares.reduce((sum, { count }) => sum + count, 0);
  let at = 0;
  const parts = shares.map(({ look, count }) => {
    const width = whole === 0 ? 0 : (count / whole) * BAR_WIDTH;
    const part = html`<rect class="share ${look}" x="${round(at)}" y="0" width="${round(width)}" height="${BAR_HEIGHT}"/>`;
    at += width;
    return part;
  });
  return html`<svg class="chart bar-chart" viewBox="0 0 ${BAR_WIDTH} ${BAR_HEIGHT}" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect class="share nothing" x="0" y="0" width="${BAR_WIDTH}" height="${BAR_HEIGHT}"/>${parts}</svg>`;
}

/** What stands above a day: how much of two things there was. */
export interface Day {
  readonly label: string;
  readonly first: number;
  readonly second: number;
}

const [DAY_WIDTH, DAYS_HEIGHT, LABELS] = [28, 120, 20];

/** A round number that is no less: the highest that the chart shows. */
export function top(most: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, most))));
  return [1, 2, 5, 10].map((times) => times * step).find((each) => each >= most) ?? most;
}

/** Two columns for each day. For eyes alone: the table beside it says the same. */
export function dayChart(days: readonly Day[], numeral: (count: number) => string): Html {
  const highest = top(Math.max(...days.flatMap(({ first, second }) => [first, second])));
  const width = days.length * DAY_WIDTH;
  const column = (look: string, count: number, x: number): Html => {
    const tall = count === 0 ? 0 : Math.max(1, (count / highest) * (DAYS_HEIGHT - 16));
    return html`<rect class="share ${look}" x="${x}" y="${round(DAYS_HEIGHT - tall)}" width="10" height="${round(tall)}"/>`;
  };
  const columns = days.map(({ label, first, second }, i) => {
    const x = i * DAY_WIDTH;
    // Every other label: all of them would stand in each other's way.
    const said = (days.length - 1 - i) % 2 === 0 && html`<text x="${x + 14}" y="${DAYS_HEIGHT + 15}">${label}</text>`;
    return html`${column('sign-ins', first, x + 3)}${column('refused', second, x + 15)}${said}`;
  });
  return html`<svg class="chart day-chart" viewBox="0 0 ${width} ${DAYS_HEIGHT + LABELS}" aria-hidden="true" focusable="false"><line x1="0" y1="${DAYS_HEIGHT}" x2="${width}" y2="${DAYS_HEIGHT}"/><line class="highest" x1="0" y1="16" x2="${width}" y2="16"/><text class="scale" x="2" y="12">${numeral(highest)}</text>${columns}</svg>`;
}

/** A small square in the colour that a chart has for it. */
export function swatch(look: string): Html {
  return html`<svg class="swatch" viewBox="0 0 10 10" aria-hidden="true" focusable="false"><rect class="share ${look}" width="10" height="10" rx="2"/></svg>`;
}
