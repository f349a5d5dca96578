import { type Html, html } from '../../lib/html.ts';
import type { LockDownRow } from '../../store/types.ts';
import type { Frame } from './frame.ts';
import { helpWords } from './layout.ts';
import { moment } from './say.ts';

/** What is told of a lock-down: to everybody, and no more than that. */
export type ToldLockDown = Pick<LockDownRow, 'reason' | 'until'>;

/** That signing in is closed: why, in the operator's words, until when, and whom to ask. */
export function lockDownNote(frame: Frame, { reason, until }: ToldLockDown): Html {
  const { lockDown } = frame.words;
  return html`<div class="note" role="status"><p>${lockDown.lead}</p>
<dl class="facts"><dt>${lockDown.reason}</dt><dd><bdi>${reason}</bdi></dd>
<dt>${lockDown.until}</dt><dd>${until === null ? lockDown.untilOpen : moment(frame, until)}</dd></dl>
<p>${lockDown.ask}</p>${helpWords(frame.help)}</div>`;
}
