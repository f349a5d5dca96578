import { type Html, html } from '../../../../lib/html.ts';
import type { Overview } from '../../../../manage/overview.ts';
import { numeral } from '../parts/said.ts';
import { consolePage, type ShellView } from '../shell.ts';
import { lastDays } from './days.ts';
import { type GuardedApp, guarded } from './guarded.ts';
import { needs } from './needs.ts';
import { organisations, strength } from './people.ts';

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

/** How things stand, and what needs a person. */
export function overviewPage(view: ShellView, { seen, apps, sessions, ends, ended }: OverviewPage): Html {
  const { words } = view.frame;
  const [said, home] = [words.consoleOverview, words.consoleHome];
  const { total } = seen;
  const share = new Intl.NumberFormat(words.locale, { style: 'percent', maximumFractionDigits: 1 });
  const enabled = total.accounts - total.disabled;
  const live = `${numeral(words, sessions.total)}${sessions.more ? '+' : ''}`;
  const body = html`${ended !== undefined && html`<div class="note" role="status"><p>${home.ended({ n: numeral(words, ended) })}</p></div>`}
${needs(words, seen)}
<dl class="figures">${figure(numeral(words, total.accounts), home.accounts, '/accounts')}${figure(share.format(enabled === 0 ? 0 : total.protected / enabled), said.protectedShare, '/accounts?state=protected')}${figure(live, home.sessions, '/sessions')}</dl>
<div class="panels">${strength(words, seen)}${lastDays(words, seen)}</div>
${organisations(words, seen)}
${guarded(words, apps, ends)}`;
  return consolePage(view, { title: home.title, body });
}
