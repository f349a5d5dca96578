import { type Html, html } from '../../../../lib/html.ts';
import type { IssuedToken } from '../../../../manage/tokens.ts';
import type { ConsoleContext } from '../../context.ts';
import { secretBox } from '../parts/secret.ts';
import { when } from '../parts/when.ts';
import { consolePage } from '../shell.ts';

/** A token that was made just now: its secret stands here, and nowhere else. */
export function tokenMadePage(asked: ConsoleContext, { name, secret, expiresAt, operations }: IssuedToken): Html {
  const context = { ...asked, frame: { ...asked.frame, here: null } };
  const { words } = context.frame;
  const own = words.consoleTokens;
  const body = html`<div class="note" role="status"><p><strong>${own.once}</strong></p><p>${own.onceText}</p></div>
<dl class="facts beside"><dt>${own.name}</dt><dd><bdi>${name}</bdi></dd><dt>${own.life}</dt><dd>${own.until} ${when(context, expiresAt)}</dd><dt>${own.for}</dt><dd>${operations.map((each) => html`<code>${each}</code> `)}</dd></dl>
${secretBox(words, own.secret, secret)}
<p class="after"><a class="button quiet" href="/tokens">${own.back}</a></p>`;
  return consolePage(context, { title: own.madeTitle, body, trail: [['/tokens', own.title]] });
}
