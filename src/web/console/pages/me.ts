import { type Html, html } from '../../../lib/html.ts';
import type { Me } from '../../../manage/me.ts';
import { waysInWords } from '../../pages/say.ts';
import type { ConsoleContext } from '../context.ts';
import { AREA_NAMES, areaOf, operationWords } from './parts/operations.ts';
import { grantWords, type Organisations } from './parts/people.ts';
import { when } from './parts/when.ts';
import { consolePage } from './shell.ts';

export interface MeView {
  readonly me: Me;
  readonly organisations: Organisations;
}

/** Who I am here, how I have shown it, and until when. */
function facts(context: ConsoleContext): Html {
  const { frame, session, account } = context;
  const { words } = frame;
  const said = words.consoleMe;
  const idle = Math.min(session.lastSeenAt + session.idleMs, session.expiresAt);
  return html`<dl class="facts beside">
<dt>${words.common.account}</dt><dd><bdi><strong>${account.name}</strong></bdi></dd>
<dt>${said.realm}</dt><dd><bdi>${account.realm}</bdi></dd>
<dt>${words.account.signedInAt}</dt><dd>${when(context, session.createdAt)}</dd>
<dt>${words.account.signedInWith}</dt><dd>${waysInWords(words, session.proofs)}</dd>
<dt>${said.lastConfirmed}</dt><dd>${when(context, session.strength.lastFactorAt)}</dd>
<dt>${words.account.endsAt}</dt><dd>${when(context, session.expiresAt)}</dd>
<dt>${said.idleEnds}</dt><dd>${when(context, idle)}</dd>
</dl>`;
}

/** What I may do, by where it belongs: lists first, then acts. */
function areas({ frame: { words } }: ConsoleContext, { acts, queries }: Me): Html {
  const said = words.consoleMe;
  const parts = AREA_NAMES.map((area) => {
    const own = [...queries, ...acts].filter((each) => areaOf(each) === area);
    if (own.length === 0) return html``;
    const items = own.map(
      (each) =>
        html`<li>${operationWords(words, each)}${each.fresh && html` <span class="tag">${said.confirms}</span>`}</li>`,
    );
    return html`<div class="area"><h3>${words.consoleWords.areas[area]}</h3><ul>${items}</ul></div>`;
  });
  return html`<div class="areas">${parts}</div>`;
}

/** Who I am here, what I hold, and what I may do by it. */
export function mePage(context: ConsoleContext, { me, organisations }: MeView): Html {
  const { words } = context.frame;
  const said = words.consoleMe;
  const grants = me.grants.map((grant) => html`<li>${grantWords(words, organisations, grant)}</li>`);
  const confined = me.grants.every(({ organisation }) => organisation !== null);
  const body = html`${facts(context)}
<p>${context.fresh ? said.fresh : said.stale}</p>
<p><a href="/.sallyport/account">${said.ownPage}</a></p>
<section><h2>${said.holds}</h2><ul class="plain-list">${grants}</ul></section>
<section><h2>${said.may}</h2><p class="soft small">${said.mayText}${confined && html` ${said.onlyOf}`}</p>${areas(context, me)}</section>`;
  return consolePage(context, { title: said.title, body });
}
