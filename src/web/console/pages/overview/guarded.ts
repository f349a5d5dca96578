import type { AppConfig } from '../../../../config/types.ts';
import { type Html, html } from '../../../../lib/html.ts';
import { act, hidden } from '../../../pages/parts.ts';
import type { Words } from '../../../words/shape.ts';
import { numeral } from '../parts/said.ts';
import { table } from '../parts/table.ts';

/** A guarded app, with how many are signed in at it now. */
export interface GuardedApp {
  readonly app: AppConfig;
  readonly sessions: number;
}

function ending({ consoleHome: said }: Words, { app, sessions }: GuardedApp): Html {
  if (sessions === 0) return html``;
  return html`<details class="act"><summary>${said.endSessions}<span class="unseen"> <bdi>${app.id}</bdi></span></summary>
<p class="small soft">${said.endText}</p>
${act('/sessions/end-of-app', said.endButton, 'button danger', hidden('app', app.id))}</details>`;
}

function row(words: Words, guarded: GuardedApp, ends: boolean): readonly Html[] {
  const { id, origin, realm } = guarded.app;
  return [
    html`<bdi>${id}</bdi>`,
    html`<a href="${origin}" rel="noreferrer"><bdi dir="ltr">${origin}</bdi></a>`,
    html`<bdi>${realm.id}</bdi>`,
    html`${numeral(words, guarded.sessions)}`,
    html`${ends && ending(words, guarded)}`,
  ];
}

/** What this installation guards, and how many are signed in at each. */
export function guarded(words: Words, apps: readonly GuardedApp[], ends: boolean): Html {
  const said = words.consoleHome;
  const columns = [
    { label: said.app },
    { label: said.address },
    { label: said.realm },
    { label: said.sessions, look: 'number' as const },
    { label: said.acts, look: 'acts' as const, unseen: true as const },
  ];
  const rows = apps.map((each) => row(words, each, ends));
  return html`<section><h2>${said.guarded}</h2>${table({ caption: said.guardedCaption, columns, rows })}</section>`;
}
