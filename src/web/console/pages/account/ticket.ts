import { type Html, html } from '../../../../lib/html.ts';
import type { IssuedTicket } from '../../../../manage/tickets.ts';
import { qrCode } from '../../../pages/qr.ts';
import { accountAddress } from '../../address.ts';
import type { ConsoleContext } from '../../context.ts';
import { secretBox } from '../parts/secret.ts';
import { inSentence, when } from '../parts/when.ts';
import { consolePage } from '../shell.ts';

/**
 * A link that was made just now. Its secret is in this answer and nowhere else: it can be copied, shown to a camera, and
 * printed, and what is printed tells the person what to do with it.
 */
export function ticketPage(
  asked: ConsoleContext,
  { accountId, accountName, links, expiresAt, replaced }: IssuedTicket,
): Html {
  const context = { ...asked, frame: { ...asked.frame, here: null } };
  const { words } = context.frame;
  const own = words.consoleTicket;
  const [first, ...others] = links;
  if (first === undefined) throw new TypeError('a ticket without a link');
  const more = others.map(({ appId, url }, i) => secretBox(words, appId, url, `link-${i + 2}`));
  const body = html`<div class="note screen-only" role="status"><p><strong>${own.once}</strong></p><p>${own.onceText}</p><p>${own.stay}</p>${replaced > 0 && html`<p>${own.replaced}</p>`}</div>
<dl class="facts beside"><dt>${words.common.account}</dt><dd><bdi><strong>${accountName}</strong></bdi></dd><dt>${own.until}</dt><dd>${when(context, expiresAt)}</dd></dl>
<p class="print-only">${inSentence(context, expiresAt, own.printText)}</p>
<div class="ticket">${qrCode(first.url, own.code).code}<div>${secretBox(words, own.link, first.url)}</div></div>
${others.length > 0 && html`<details class="screen-only"><summary>${own.others}</summary><p class="small">${own.othersText}</p>${more}</details>`}
<p class="after screen-only"><a class="button quiet" href="${accountAddress(accountId)}">${own.back}</a></p>`;
  return consolePage(context, {
    title: own.title,
    body,
    trail: [
      ['/accounts', words.consoleAccounts.title],
      [accountAddress(accountId), accountName],
    ],
  });
}
