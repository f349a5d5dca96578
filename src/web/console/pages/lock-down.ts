import { type Html, html } from '../../../lib/html.ts';
import { beginLockDown, endLockDown } from '../../../manage/lock-down.ts';
import type { ConsoleContext } from '../context.ts';
import { may } from '../may.ts';
import type { Said } from '../said.ts';
import { disclosed, type Option, oneButton, select, type Typed, typedField } from './parts/form.ts';
import { saidWords } from './parts/said.ts';
import { when, whenOr } from './parts/when.ts';
import { consolePage } from './shell.ts';

/** Hours that a lock-down can be set to last; 0: until it is ended. */
export const HOURS = [0, 1, 4, 8, 24, 72] as const;

function standing(context: ConsoleContext): Html {
  const said = context.frame.words.consoleLockDown;
  const { lockDown } = context;
  if (lockDown === null) return html`<p class="state">${said.none}</p>`;
  return html`<p class="state disabled">${said.banner}</p><dl class="facts beside"><dt>${said.reason}</dt><dd><bdi>${lockDown.reason}</bdi></dd>
<dt>${said.since}</dt><dd>${when(context, lockDown.begunAt)}</dd><dt>${said.until}</dt><dd>${whenOr(context, lockDown.until, said.untilEnded)}</dd></dl>`;
}

function beginning({ frame: { words }, lockDown }: ConsoleContext, typed: Typed): Html {
  const said = words.consoleLockDown;
  const hours = new Intl.NumberFormat(words.locale, { style: 'unit', unit: 'hour', unitDisplay: 'long' });
  const options = HOURS.map((each): Option => [String(each), each === 0 ? said.untilEnded : hours.format(each)]);
  const body = html`${typedField(words, typed, { name: 'reason', label: said.reason, hint: said.reasonHint, value: lockDown?.reason ?? '', more: html` maxlength="200" autocomplete="off"` })}
${select({ name: 'hours', label: said.until, options, value: typed.value('hours') })}`;
  const [label, button] = lockDown === null ? [said.begin, said.beginButton] : [said.replace, said.replaceButton];
  const open = typed.fault !== undefined || lockDown === null;
  return disclosed({ label, action: '/lock-down', button, body, danger: true, open });
}

/** What is done while signing in is closed: sessions that are open still are ended elsewhere. */
function acts(context: ConsoleContext): Html {
  if (context.lockDown === null) return html``;
  const said = context.frame.words.consoleLockDown;
  const end = may(context, endLockDown) && oneButton('/lock-down/end', said.end, {}, 'button');
  return html`<div class="acts">${end}<a class="button quiet" href="/sessions">${said.sessions}</a></div>`;
}

/** Whether signing in is closed, and closing and opening it. */
export function lockDownPage(context: ConsoleContext, typed: Typed, told: Said): Html {
  const { words } = context.frame;
  const said = words.consoleLockDown;
  const body = html`${saidWords(words, told)}<p class="lead">${said.lead}</p>${standing(context)}
${acts(context)}
${may(context, beginLockDown) && beginning(context, typed)}`;
  return consolePage(context, { title: said.title, body });
}
