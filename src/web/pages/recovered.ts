import { type Html, html } from '../../lib/html.ts';
import type { Frame } from './frame.ts';
import { page } from './layout.ts';
import { act } from './parts.ts';

const ACCOUNT = '/.sallyport/account';
/** As few as that are soon gone. */
export const FEW_CODES = 3;

/** After a recovery code: whoever used one has lost something, and has one way less to come in. */
export function recoveredPage(frame: Frame, view: { left: number; next: string }): Html {
  const { words } = frame;
  const { recovered, account, common } = words;
  const low = view.left === 0 ? recovered.none : view.left < FEW_CODES ? account.recoveryLow : undefined;
  const body = html`<div class="note" role="status"><p><strong>${account.recoveryLeft({ n: view.left })}</strong></p>
${low !== undefined && html`<p>${low}</p>`}</div>
<p>${recovered.lead}</p>
<div class="actions">${act(`${ACCOUNT}/add`, recovered.setUp)}
${low !== undefined && act(`${ACCOUNT}/recovery-codes`, account.recoveryNew, 'button quiet')}
<a class="button quiet" href="${view.next}">${common.continue}</a></div>
<p class="hint after">${recovered.lost} <a href="${ACCOUNT}">${common.toAccount}</a></p>`;
  return page(frame, { title: recovered.title, body });
}
