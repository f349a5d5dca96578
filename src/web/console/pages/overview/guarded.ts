import type { AppConfig } from '../../../../config/types.ts';
import { type Html, html } from '../../../../lib/html.ts';
import { act, hidden } from '../../../pages/parts.ts';
import type { Words } from '../../../words/shape.ts';
import { numeral } from '../parts/said.ts';

/** A guarded app, with how many are signed in at it now. */
export interface GuardedApp {
  readonly app: AppConfig;
  readonly sessions: number;
}

function ending({ consoleHome: said }: Words, { app, sessions }: GuardedApp): Html {
  if (sessions === 0) return html``;
  return html`<details><summary>${said.endSessions}<span class="unseen"> <bdi>${app.id}</bdi></span></summary>
<p class="small soft">${said.endText}</p>
${act('/sessions/end-of-app', said.endButton, 'button danger', hidden('app', app.id))}</details>`;
}

function row(words: Words, guarded: GuardedApp, ends: boolean): Html {
  const { id, origin, realm } = guarded.app;
  return html`<tr><th scope="row"><bdi>${id}</bdi></th><td><a href="${origin}" rel="noreferrer"><bdi dir="ltr">${origin}</bdi></a></td><td><bdi>${realm.id}</bdi></td>
<td class="number">${numeral(words, guarded.sessions)}</td><td>${ends && ending(words, guarded)}</td></tr>`;
}

/** What this installation guards, and how many are signed in at each. */
export function guarded(words: Words, apps: readonly GuardedApp[], ends: boolean): Html {
  const said = words.consoleHome;
  return html`<section><h2 id="apps">${said.guarded}</h2>
<div class="scroll" role="region" aria-labelledby="apps" tabindex="0"><table><thead><tr><th scope="col">${said.app}</th><th scope="col">${said.address}</th><th scope="col">${said.realm}</th><th scope="col" class="number">${said.sessions}</th><th scope="col"><span class="unseen">${said.acts}</span></th></tr></thead>
<tbody>${apps.map((each) => row(words, each, ends))}</tbody></table></div></section>`;
}
