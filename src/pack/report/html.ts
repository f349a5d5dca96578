import { type Html, html } from '../../lib/html.ts';
import { answerValues } from '../verify/agree.ts';
import type { Claims } from '../verify/claims.ts';
import { CHECKED_WORDS, MANDATES } from './mandates.ts';
import { type About, ANSWER_WORDS, methodSections, passwordAlone, type Section, tableSections } from './model.ts';

const STYLE = `body{font:1rem/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}
h1{font-size:1.6rem}h2{font-size:1.25rem;margin-top:2.5rem}
.scroll{overflow-x:auto}table{border-collapse:collapse;font-size:.85rem}th,td{text-align:start;padding:.25rem .6rem;border-bottom:1px solid #bbb;vertical-align:top}
dl{display:grid;grid-template-columns:minmax(0,1fr) max-content;gap:.25rem 1.5rem}dd{margin:0;font-weight:600;overflow-wrap:anywhere}
code{overflow-wrap:anywhere}@media(max-width:40rem){dl{grid-template-columns:1fr}dd{margin-bottom:.5rem}}`;

/** Rows of a table in the report; a file of the pack has all. */
const MOST = {
  ...{ days: 4000, accounts: 5000, exemptions: 5000, findings: 5000, apps: 5000 },
  ...{ ways: 5000, software: 5000, coverage: 20_000, factors: 5000 },
};

function tableOf({ heads, rows }: NonNullable<Section['table']>, heading: string): Html {
  const head = heads.map((each) => html`<th scope="col">${each}</th>`);
  const body = rows.map((row) => html`<tr>${row.map((each) => html`<td>${each}</td>`)}</tr>`);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${heading}"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

function sectionOf({ heading, texts, table }: Section): Html {
  return html`<section><h2>${heading}</h2>${texts.map((text) => html`<p>${text}</p>`)}${table && table.rows.length > 0 ? tableOf(table, heading) : null}</section>
`;
}

function mandatesOf(): Html {
  const all = MANDATES.map(
    ({ by, asks, checked, answeredBy, notCovered }) => html`<h3>${by}</h3>
<p><b>Asks for</b> (${CHECKED_WORDS[checked]}): ${asks}</p><p><b>Answered by:</b> ${answeredBy}</p><p><b>Not covered:</b> ${notCovered}</p>
`,
  );
  return html`<section><h2>What mandates ask for, and what of it is answered</h2><p>In our own words; no legal advice.</p>${all}</section>`;
}

/** The report as one page that needs nothing else. Its answers stand in elements that verifiers check (verify/agree.ts). */
export function reportHtml(about: About, claims: Claims): string {
  const { from, to, organisation, head } = about;
  const days = `${new Date(from).toISOString().slice(0, 10)} to ${new Date(to - 1).toISOString().slice(0, 10)}`;
  const answers = answerValues(claims, about).map(
    ([
      name,
      value,
    ]) => html`<dt>${ANSWER_WORDS[name] ?? name}</dt><dd><data id="${name}" value="${value}">${value}</data></dd>
`,
  );
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Evidence, ${days}</title><style>${STYLE}</style></head><body><main>
<h1>Evidence, ${days}</h1>
<p>${organisation === null ? 'All organisations' : organisation.name}. ${about.redacted ? 'Names, addresses and sources are hidden.' : ''}</p>
<section><h2>Who could get in with a password alone?</h2>${passwordAlone(claims).map((text) => html`<p>${text}</p>`)}</section>
<section><h2>Answers</h2><dl>${answers}</dl>
<p>Head of the record, 64 characters: <code>${head}</code></p></section>
${tableSections(claims, MOST).map(sectionOf)}
${methodSections(about).map(sectionOf)}
${mandatesOf()}
</main></body></html>
`;
  return page.text;
}
