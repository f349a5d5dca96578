import { type Html, html } from '../lib/html.ts';
import type { CoverageAnswer, CoverageRow } from '../manage/coverage-form.ts';
import { utc } from '../terminal/output.ts';
import { answerLines, basisOf, limitLines, wantingLines } from './coverage-words.ts';

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}table{border-collapse:collapse;width:100%;font-size:.875rem}
th,td{text-align:start;vertical-align:top;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #d5d9de}
@media print{body{margin:0;max-width:none}thead{display:table-header-group}tr{break-inside:avoid}}`;

const items = (lines: readonly string[]): Html => html`<ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`;

function row(each: CoverageRow): Html {
  const cells = each.cells.map(
    ({ app, class: how, factors }) => `${app}: ${how}${factors.length === 0 ? '' : ` (${factors.join(', ')})`}`,
  );
  const has = each.authenticators.map(
    ({ kind, lastUsedAt }) => `${kind}: ${lastUsedAt === null ? 'never' : utc(new Date(lastUsedAt))}`,
  );
  const used = each.lastUsedAt === null ? '' : utc(new Date(each.lastUsedAt));
  return html`<tr><td>${each.name ?? each.id}</td><td>${each.organisation ?? each.organisationId}</td><td>${each.class}</td><td>${cells.join('; ')}</td><td>${has.join('; ')}</td><td>${used}</td><td>${basisOf(each)}</td></tr>`;
}

function routes({ apps }: CoverageAnswer): Html {
  const all = apps.flatMap(({ id, bound, routes: of }) => of.map((route) => ({ id, bound, ...route })));
  return html`<table><thead><tr><th>App</th><th>Route</th><th>Takes</th><th>Bound how</th><th>Owner, reason, until</th></tr></thead><tbody>${all.map(
    ({ id, method, path, way, bound, exception }) =>
      html`<tr><td>${id}</td><td>${method} ${path}</td><td>${way}</td><td>${bound}</td><td>${exception === null ? '' : `${exception.owner}, ${exception.reason}, ${exception.expires}`}</td></tr>`,
  )}</tbody></table>`;
}

/** One page by itself, without anything from elsewhere: for reading and for paper. */
export function coverageHtml(answer: CoverageAnswer): string {
  const [lead = '', ...answers] = answerLines(answer);
  const wanting = wantingLines(answer);
  // The style sheet is ours, letter by letter.
  const page = html`<h1>${lead}</h1>${items(answers)}<h2>Found wanting</h2>${
    wanting.length === 0 ? html`<p>Nothing.</p>` : items(wanting)
  }<h2>Apps and routes</h2>${routes(answer)}<h2>Accounts</h2><table><thead><tr><th>Account</th><th>Organisation</th><th>Stands</th><th>At each app</th><th>Factors last used</th><th>Last signed in</th><th>Entries</th></tr></thead><tbody>${answer.rows.map(row)}</tbody></table><h2>What this rests on</h2>${items(limitLines(answer))}`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Coverage</title><style>${STYLE}</style></head><body>${page.text}</body></html>`;
}
