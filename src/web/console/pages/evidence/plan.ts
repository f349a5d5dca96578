import { type Html, html } from '../../../../lib/html.ts';
import type { EvidencePlan } from '../../../../manage/evidence.ts';
import { hidden } from '../../../pages/parts.ts';
import type { Words } from '../../../words/shape.ts';
import { type EvidenceQuery, FIELDS } from './wish.ts';

type Said = Words['consoleEvidence'];

/** What lies in a pack, in the order in which people read it. */
function contents(said: Said, { organisation, redact }: EvidencePlan): Html {
  const all: readonly (readonly [files: readonly string[], text: string])[] = [
    [['report.pdf', 'report.html'], said.holds.report],
    [['tables'], said.holds.tables],
    [['entries.ndjson', 'nodes.ndjson'], said.holds.entries],
    [['checkpoint.txt', 'checkpoints.ndjson'], said.holds.heads],
    ...(organisation === null && !redact ? [[['documents'], said.holds.documents] as const] : []),
    [['sbom.json'], said.holds.sbom],
    [['verifier.html', 'verify.py'], said.holds.verifiers],
  ];
  const items = all.map(
    ([files, text]) => html`<li>${files.map((file) => html`<code dir="ltr">${file}</code> `)}<br>${text}</li>`,
  );
  return html`<ul class="plain-list">${items}</ul>`;
}

/** What a pack would be about and would hold, and the button that makes it. */
export function planned(words: Words, plan: EvidencePlan, asked: EvidenceQuery): Html {
  const said = words.consoleEvidence;
  const { organisation, redact, apps } = plan;
  const about = organisation === null ? html`${said.everybody}` : html`<bdi>${organisation.name}</bdi>`;
  const kept = FIELDS.flatMap((name) => (asked[name] === undefined ? [] : [hidden(name, asked[name])]));
  const without = organisation !== null ? said.withoutOthers : redact ? said.withoutDocuments : undefined;
  return html`<section class="panel"><h2>${said.plan}</h2>
<dl class="facts beside"><dt>${said.days}</dt><dd><bdi dir="ltr">${asked.from ?? ''} – ${asked.to ?? ''}</bdi></dd><dt>${said.about}</dt><dd>${about}</dd>
<dt>${said.apps}</dt><dd><bdi dir="ltr">${apps.join(', ')}</bdi></dd><dt>${said.names}</dt><dd>${redact ? said.hidden : said.shown}</dd></dl>
${contents(said, plan)}${without !== undefined && html`<p>${without}</p>`}<p>${said.recorded}</p>
<form method="post" action="/evidence/pack" accept-charset="utf-8">${kept}<button class="button" type="submit">${said.download}</button></form></section>`;
}
