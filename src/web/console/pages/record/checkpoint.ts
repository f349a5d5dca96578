import { type Html, html } from '../../../../lib/html.ts';
import type { CheckpointView } from '../../../../manage/checkpoint.ts';
import { receiverTroubleOf } from '../../../../receivers/trouble.ts';
import { qrCode } from '../../../pages/qr.ts';
import type { ConsoleContext } from '../../context.ts';
import { numeral } from '../parts/said.ts';
import { empty, table } from '../parts/table.ts';
import { when, whenOr } from '../parts/when.ts';
import { consolePage } from '../shell.ts';

type Head = NonNullable<CheckpointView['head']>;

/** Four rows of four groups of four: as it is read aloud, written down and compared. */
function digits(root: string): Html {
  const rows = Array.from({ length: 4 }, (_, row) =>
    Array.from({ length: 4 }, (_, i) => root.slice(16 * row + 4 * i, 16 * row + 4 * i + 4)).join(' '),
  );
  return html`<p class="secret" dir="ltr"><code>${rows.map((row, i) => html`${i > 0 && html`<br>`}${row}`)}</code></p>`;
}

function headOf(context: ConsoleContext, head: Head): Html {
  const { words } = context.frame;
  const said = words.consoleCheckpoint;
  // As "audit verify --written" takes it.
  const { code } = qrCode(`${head.size}:${head.root}`, said.code);
  const witnesses = head.witnesses.length === 0 ? said.nobody : head.witnesses.join(', ');
  const kept =
    head.at !== null &&
    html`<dt>${said.at}</dt><dd>${when(context, head.at)}</dd><dt>${said.cosigned}</dt><dd><bdi>${witnesses}</bdi></dd>`;
  return html`<p>${said.write}</p><div class="ticket">${code}<div>${digits(head.root)}
<dl class="facts beside"><dt>${said.size}</dt><dd>${numeral(words, head.size)}</dd>${kept}</dl></div></div>`;
}

function stateOf(context: ConsoleContext, { trouble, sentAt }: CheckpointView['receivers'][number]): Html {
  const said = context.frame.words.consoleCheckpoint;
  if (trouble === null) return html`${sentAt === null ? said.untried : said.fine}`;
  const { cause, since } = trouble;
  return html`<span class="tag off">${said.trouble}</span> <span class="small">${said.troubles[receiverTroubleOf(cause)]} <bdi><code class="code-behind" dir="ltr">${cause}</code></bdi></span><br>${when(context, since)}`;
}

function receivers(context: ConsoleContext, rows: CheckpointView['receivers']): Html {
  const { words } = context.frame;
  const said = words.consoleCheckpoint;
  if (rows.length === 0) return empty(said.nowhere);
  const labels = [said.name, said.to, said.position, said.waiting, said.taken, said.state];
  return table({
    caption: said.caption,
    columns: labels.map((label) => ({ label })),
    rows: rows.map((row) => [
      html`<bdi>${row.name}</bdi>`,
      html`<bdi class="small" dir="ltr">${row.to}</bdi>`,
      html`${numeral(words, row.position)}`,
      html`${row.entries ? numeral(words, row.waiting) : '–'}`,
      whenOr(context, row.sentAt, said.never),
      stateOf(context, row),
    ]),
  });
}

/** The newest head of the record, to be written down, and where the record goes. */
export function checkpointPage(context: ConsoleContext, view: CheckpointView): Html {
  const { words } = context.frame;
  const said = words.consoleCheckpoint;
  const body = html`<p class="lead">${said.lead}</p>${view.head === null ? empty(said.none) : headOf(context, view.head)}
<dl class="facts beside"><dt>${said.sealed}</dt><dd>${numeral(words, view.size)}</dd><dt>${said.unsealed}</dt><dd>${numeral(words, view.unsealed)}</dd></dl>
<h2>${said.goes}</h2>${receivers(context, view.receivers)}`;
  return consolePage(context, { title: said.title, body, trail: [['/record', words.consoleRecord.title]] });
}
