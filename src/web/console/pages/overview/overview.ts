import { type Html, html } from '../../../../lib/html.ts';
import type { Overview } from '../../../../manage/overview.ts';
import type { Words } from '../../../words/shape.ts';
import { numeral } from '../parts/said.ts';
import { consolePage, type ShellView } from '../shell.ts';
import { lastDays } from './days.ts';
import { type GuardedApp, guarded } from './guarded.ts';
import { needs } from './needs.ts';
import { organisations, percent, strength } from './people.ts';

export interface OverviewPage {
  readonly seen: Overview;
  readonly apps: readonly GuardedApp[];
  readonly sessions: { readonly total: number; readonly more: boolean };
  /** Whether the person may end the sessions of an app. */
  readonly ends: boolean;
  /** Sessions that were ended just now. */
  readonly ended: number | undefined;
}

function figure(count: string, name: string, href: string): Html {
  return html`<div class="figure"><dt>${name}</dt><dd><a href="${href}">${count}</a></dd></div>`;
}

/** How many of all that could be: a share alone says nothing of how many people it is about. */
function protectedFigure(words: Words, { accounts, disabled, protected: count }: Overview['total']): Html {
  const said = words.consoleOverview;
  const enabled = accounts - disabled;
  const text = said.ofAll({ n: numeral(words, count), all: numeral(words, enabled) });
  const share = enabled === 0 ? [] : [percent(words, count, enabled)];
  return figure(text, [said.protectedShare, ...share].join(words.common.between), '/accounts?state=protected');
}

/** What the demonstration has made up is called so, and how to begin without it. */
function samples(words: Words, { samples: names }: Overview): Html {
  if (names.length === 0) return html``;
  const said = words.consoleOverview;
  const list = new Intl.ListFormat(words.locale, { type: 'conjunction' }).format(names);
  return html`<div class="note samples screen-only"><p>${said.samples({ names: list })}</p>
<p class="small">${said.samplesWithout} <code dir="ltr">npm start -- --no-sample --data FOLDER</code></p></div>`;
}

/** How things stand, and what needs a person. */
export function overviewPage(view: ShellView, { seen, apps, sessions, ends, ended }: OverviewPage): Html {
  const { words } = view.frame;
  const home = words.consoleHome;
  const { total } = seen;
  const live = `${numeral(words, sessions.total)}${sessions.more ? '+' : ''}`;
  const body = html`${ended !== undefined && html`<div class="note" role="status"><p>${home.ended({ n: numeral(words, ended) })}</p></div>`}
${needs(words, seen)}${samples(words, seen)}
<dl class="figures">${figure(numeral(words, total.accounts), home.accounts, '/accounts')}${protectedFigure(words, total)}${figure(live, home.sessions, '/sessions')}</dl>
<div class="panels">${strength(words, seen)}${lastDays(words, seen)}</div>
${organisations(words, seen)}
${guarded(words, apps, ends)}`;
  return consolePage(view, { title: home.title, body });
}
