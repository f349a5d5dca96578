import { type Html, html } from '../../../../lib/html.ts';
import { confirmProposal } from '../../../../manage/operations.ts';
import { type ProposalView, withdrawProposal } from '../../../../manage/proposals.ts';
import { accountAddress } from '../../address.ts';
import type { ConsoleContext } from '../../context.ts';
import { may } from '../../may.ts';
import type { Said } from '../../said.ts';
import { oneButton } from '../parts/form.ts';
import { type Named, operationWords } from '../parts/operations.ts';
import { numeral, saidWords } from '../parts/said.ts';
import { empty, table } from '../parts/table.ts';
import { when } from '../parts/when.ts';
import { consolePage } from '../shell.ts';
import { askedFor } from './asked.ts';

export interface WaitingView {
  readonly proposals: readonly ProposalView[];
  /** All that there is, by name. */
  readonly operations: ReadonlyMap<string, Named>;
  readonly said: Said;
}

function rowOf(context: ConsoleContext, { operations }: WaitingView, proposal: ProposalView): readonly Html[] {
  const { words } = context.frame;
  const own = words.consoleWaiting;
  const { id, operation, actor, by, account, accountId, organisationId, expiresAt } = proposal;
  const known = operations.get(operation);
  const about =
    accountId !== null &&
    html`<p class="small">${own.about} <a href="${accountAddress(accountId)}"><bdi>${account ?? accountId}</bdi></a></p>`;
  const confirm = may(context, confirmProposal) && oneButton('/waiting/confirm', own.confirm, { id }, 'button');
  const withdraw = may(context, withdrawProposal) && oneButton('/waiting/withdraw', own.withdraw, { id });
  return [
    html`${known === undefined ? operation : operationWords(words, known)} <code class="soft">${operation}</code>${about}${organisationId === null && html`<p class="small">${own.everything}</p>`}${askedFor(words, proposal)}`,
    html`<bdi>${by ?? actor}</bdi>${by !== null && actor.startsWith('token:') && html` <code class="small soft">${actor}</code>`}<br>${when(context, proposal.createdAt)}`,
    when(context, expiresAt),
    proposal.own
      ? html`<p class="small">${own.own}</p>${withdraw}`
      : html`<div class="one-above-other">${confirm}${withdraw}</div>`,
  ];
}

/** What one person has proposed and another may confirm. */
export function waitingPage(context: ConsoleContext, view: WaitingView): Html {
  const { words } = context.frame;
  const { consoleWaiting: own, consoleWords: common } = words;
  const columns = [
    { label: own.what },
    { label: own.who },
    { label: own.until },
    { label: common.acts, look: 'acts' as const, unseen: true as const },
  ];
  const rows = view.proposals.map((each) => rowOf(context, view, each));
  const list =
    rows.length === 0
      ? empty(own.empty, html`<p>${own.emptyMore}</p>`)
      : table({ caption: own.caption({ n: numeral(words, rows.length) }), columns, rows });
  const body = html`${saidWords(words, view.said)}<p class="lead">${own.lead}</p>${list}`;
  return consolePage(context, { title: own.title, body });
}
