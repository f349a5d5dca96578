import { type Html, html } from '../../../../lib/html.ts';
import { revokeSession } from '../../../../manage/sessions.ts';
import { deviceInWords } from '../../../pages/say.ts';
import { accountAddress } from '../../address.ts';
import type { ConsoleContext } from '../../context.ts';
import { mayOn } from '../../may.ts';
import { oneButton } from '../parts/form.ts';
import { appWords } from '../parts/people.ts';
import { numeral } from '../parts/said.ts';
import { when } from '../parts/when.ts';
import { type AccountView, personOf } from './view.ts';

/** Where the person is signed in now. */
export function accountSessions(context: ConsoleContext, view: AccountView): Html {
  const { words } = context.frame;
  const { consoleAccount: own, consoleSessions: said } = words;
  const ends = mayOn(context, revokeSession, personOf(view));
  const items = view.sessions.map((each) => {
    const end = ends && oneButton(accountAddress(view.account.id, '/sessions/end'), said.end, { id: each.id });
    return html`<li><p class="name"><strong>${appWords(words, each.appId)}</strong> ${deviceInWords(words, each.userAgent)}</p>
<p class="small soft"><bdi dir="ltr">${each.source}</bdi><br>${said.since}: ${when(context, each.createdAt)}<br>${said.idle}: ${when(context, each.lastSeenAt)}<br>${said.open}: ${each.streams === null ? said.openUnknown : numeral(words, each.streams)}</p>${end}</li>`;
  });
  const list =
    items.length === 0 ? html`<p class="soft">${own.noSessions}</p>` : html`<ul class="things">${items}</ul>`;
  return html`<section><h2>${said.title}</h2>${list}</section>`;
}
