import { type Html, html } from '../../../../lib/html.ts';
import type { Overview } from '../../../../manage/overview.ts';
import type { Words } from '../../../words/shape.ts';
import { numeral } from '../parts/said.ts';

type What = Overview['needs'][number]['what'];

/** Where it can be seen to. */
const PLACES: Readonly<Record<What, string | null>> = {
  'certificate-over': null,
  'exemption-over': '/exemptions',
  'unbound-over': '/exemptions',
  'stands-open': '/record?kind=coverage.fell',
  'second-person': '/waiting',
  'certificate-ends': null,
  'exemption-ends': '/exemptions',
  'unbound-ends': '/exemptions',
  'without-factor': '/accounts?state=none',
  invited: '/accounts?state=invited',
  'recovery-only': '/accounts?factor=recovery',
  'preset-untried': '/apps',
  'notice-failed': '/record?kind=notice.failed',
};

/** What is wrong already. */
const PRESSING: readonly What[] = ['certificate-over', 'exemption-over', 'unbound-over'];

/** What somebody has to look at, the most pressing first. */
export function needs(words: Words, { needs: all }: Overview): Html {
  const said = words.consoleOverview;
  if (all.length === 0)
    return html`<section class="needs"><h2>${said.needs}</h2><div class="note"><p>${said.nothingNeeded}</p></div></section>`;
  const items = all.map(({ what, count }) => {
    const place = PLACES[what];
    const text = html`<strong class="count">${numeral(words, count)}</strong> <span>${said.needed[what]}</span>`;
    const pressing = PRESSING.includes(what) && html` class="pressing"`;
    return html`<li${pressing}>${place === null ? html`<p>${text}</p>` : html`<a href="${place}">${text}</a>`}</li>`;
  });
  return html`<section class="needs"><h2>${said.needs}</h2><ul>${items}</ul></section>`;
}
