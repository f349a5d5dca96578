import { type Html, html } from '../../../../lib/html.ts';
import type { AppView } from '../../../../manage/apps.ts';
import type { Explained } from '../../../../manage/explain.ts';
import { duration } from '../../../pages/say.ts';
import type { Words } from '../../../words/shape.ts';
import type { ConsoleContext } from '../../context.ts';
import { empty, table } from '../parts/table.ts';
import { consolePage } from '../shell.ts';
import { explainForm, type Question } from './explain.ts';

export type { Question } from './explain.ts';

export interface AppsView {
  readonly apps: readonly AppView[];
  readonly asked: Question | undefined;
  /** null: what was asked cannot be meant; undefined: nothing was. */
  readonly answer: Explained | null | undefined;
}

const english = (text: string): Html => html`<span lang="en" dir="ltr">${text}</span>`;

/** What the program calls by a few words of its own, in the reader's; what has none stays as it is. */
function inWords(words: Readonly<Record<string, string>>, text: string): Html {
  return Object.hasOwn(words, text) ? html`${words[text]}` : english(text);
}

function facts(words: Words, { hosts, upstream, realm, login, idleMs, absoluteMs }: AppView): Html {
  const said = words.consoleApps;
  const tested = login.tested === null ? null : login.tested.length === 0 ? said.untried : login.tested.join(', ');
  const ends = said.idle({ time: duration(words, idleMs / 1000), most: duration(words, absoluteMs / 1000) });
  const all: readonly (readonly [string, Html | null])[] = [
    [said.hosts, html`<bdi dir="ltr">${hosts.join(', ')}</bdi>`],
    [said.upstream, html`<bdi dir="ltr">${upstream}</bdi>`],
    [said.realm, html`<bdi>${realm}</bdi>`],
    [said.login, inWords(said.binding, login.bound)],
    [
      said.unbound,
      login.unbound &&
        html`<bdi dir="ltr">${login.unbound.expires}</bdi>${login.unbound.expired && html` <span class="tag off">${said.expired}</span>`}`,
    ],
    [said.preset, login.preset === null ? null : html`<bdi>${login.preset}</bdi>`],
    [said.tested, login.tried === null ? (tested === null ? null : html`${tested}`) : english(login.tried)],
    [said.sessions, html`${ends}`],
    [
      said.notes,
      login.notes.length === 0
        ? null
        : html`<ul class="plain-list small">${login.notes.map((note) => html`<li>${english(note)}</li>`)}</ul>`,
    ],
  ];
  return html`<dl class="facts beside">${all.map(([name, value]) => (value === null ? html`` : html`<dt>${name}</dt><dd>${value}</dd>`))}</dl>`;
}

type Route = AppView['routes'][number];

function besides(words: Words, { exemption, from, surface, maxAgeMs }: Route): Html {
  const said = words.consoleApps;
  if (exemption !== null)
    return html`<bdi>${exemption.reason}</bdi>, <bdi>${exemption.owner}</bdi>, <bdi dir="ltr">${exemption.expires}</bdi>${exemption.expired && html` <span class="tag off">${said.expired}</span>`}`;
  const parts = [from.join(', '), maxAgeMs === null ? '' : `≤ ${duration(words, maxAgeMs / 1000)}`];
  const text = parts.filter((each) => each !== '').join('; ');
  if (surface !== null) return html`${said.surfaces[surface]}${text !== '' && html`; ${english(text)}`}`;
  return text === '' ? html`` : english(text);
}

function routes(words: Words, { id, routes: all }: AppView): Html {
  const said = words.consoleApps;
  const rows = all.map((route) => [
    html`<code dir="ltr">${route.path}</code>`,
    html`${route.method === '*' ? said.any : route.method}`,
    inWords(said.asks, route.words),
    route.groups.length === 0 ? html`` : html`<bdi>${route.groups.join(', ')}</bdi>`,
    besides(words, route),
  ]);
  const labels = [said.path, said.method, said.requires, said.groups, said.more];
  return html`<details><summary>${said.routes}<span class="unseen"> <bdi>${id}</bdi></span></summary>${table({ caption: said.routes, columns: labels.map((label) => ({ label })), rows })}</details>`;
}

/** Every app with what holds for it, and what a request would meet. */
export function appsPage(context: ConsoleContext, { apps, asked, answer }: AppsView): Html {
  const { words } = context.frame;
  const said = words.consoleApps;
  const cards = apps.map(
    (app) =>
      html`<section class="panel app-card"><h2><bdi>${app.id}</bdi></h2>${facts(words, app)}${routes(words, app)}</section>`,
  );
  const body = html`${explainForm(words, asked, answer)}
${apps.length === 0 ? empty(said.empty) : cards}`;
  return consolePage(context, { title: said.title, body });
}
