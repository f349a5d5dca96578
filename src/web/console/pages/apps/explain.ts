import { type Html, html } from '../../../../lib/html.ts';
import type { Explained } from '../../../../manage/explain.ts';
import { field } from '../../../pages/parts.ts';
import type { Words } from '../../../words/shape.ts';
import { select } from '../parts/form.ts';

/** What is to be explained, as it was typed. */
export interface Question {
  readonly method: string;
  readonly url: string;
  readonly account: string;
}

const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'PROPFIND',
  'REPORT',
  'MKCOL',
  'COPY',
  'MOVE',
  'LOCK',
];

/** Reasons come from the rules themselves, in English. */
const english = (text: string): Html => html`<span lang="en" dir="ltr">${text}</span>`;

function answer({ consoleApps: said }: Words, told: Explained): Html {
  const besides = told.considered.filter(({ decides }) => !decides);
  const facts: readonly (readonly [string, Html])[] = [
    [said.app, told.app === null ? html`${said.noApp}` : html`<bdi>${told.app}</bdi>`],
    [said.requires, english(told.requires)],
    [said.decides, english(told.decides)],
    [said.why, english(told.why)],
    ...(told.reading === null ? [] : [[said.reading, english(told.reading.what)] as const]),
    ...(told.account === null
      ? []
      : [
          [
            said.account,
            html`<bdi>${told.account.name}</bdi> <strong>${told.account.may ? said.may : said.mayNot}</strong>: ${english(told.account.why)}`,
          ] as const,
        ]),
  ];
  const others =
    besides.length > 0 &&
    html`<p class="small">${said.considered}</p><ul class="small" lang="en" dir="ltr">${besides.map(({ method, path, why }) => html`<li><code>${method === '*' ? '' : `${method} `}${path}</code>: ${why}</li>`)}</ul>`;
  return html`<p><strong>${said.verdict[told.verdict]}</strong></p><p><code dir="ltr">${told.method} ${told.target}</code></p>
<dl class="facts">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>${others}`;
}

/** A form that says what a request would meet, and the answer to what it asked. `told`: null where that could not be meant. */
export function explainForm(words: Words, asked: Question | undefined, told: Explained | null | undefined): Html {
  const said = words.consoleApps;
  const plain = html` autocomplete="off" autocapitalize="none" spellcheck="false" dir="ltr"`;
  const method = METHODS.find((each) => each === asked?.method.toUpperCase()) ?? 'GET';
  const url = field({
    name: 'url',
    label: said.url,
    hint: said.urlHint,
    value: asked?.url ?? '',
    more: html`${plain} inputmode="url" maxlength="8192"`,
    error: told === null ? said.wrongUrl : undefined,
  });
  const account = field({
    name: 'account',
    label: said.account,
    hint: said.accountHint,
    value: asked?.account ?? '',
    optional: words.common.optional,
    more: html`${plain} maxlength="128"`,
  });
  return html`<section id="explain"><h2>${said.explainTitle}</h2><p class="lead">${said.explainLead}</p>
<form class="explain" method="get" action="/apps" accept-charset="utf-8"><div class="fields">${select({ name: 'method', label: said.method, options: METHODS.map((each) => [each, each] as const), value: method })}${url}${account}</div><button class="button" type="submit">${said.ask}</button></form>
${told != null && html`<div class="verdict" role="status">${answer(words, told)}</div>`}</section>`;
}
