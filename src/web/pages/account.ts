import type { OwnAccount, OwnActivity, OwnAuthenticator, OwnSession } from '../../enrol/types.ts';
import { type Html, html } from '../../lib/html.ts';
import type { Session } from '../../sessions/session.ts';
import type { Done } from '../routes/next.ts';
import type { Frame } from './frame.ts';
import { page } from './layout.ts';
import { act, field, hidden } from './parts.ts';
import { FEW_CODES } from './recovered.ts';
import { activityInWords, deviceInWords, moment, placeInWords, waysInWords } from './say.ts';

export interface AccountPage {
  readonly session: Session;
  readonly own: OwnAccount;
  /** The password is ours to change. */
  readonly password: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** What was done just now. */
  readonly done?: Done | undefined;
}

const ACCOUNT = '/.sallyport/account';

/** That what the person has just done is done. */
function doneNote({ words }: Frame, done: Done | undefined): Html {
  return done === undefined ? html`` : html`<div class="note" role="status"><p>${words.account.done[done]}</p></div>`;
}

function facts(frame: Frame, session: Session): Html {
  const { account, common } = frame.words;
  return html`<dl class="facts">
<dt>${common.account}</dt><dd><bdi><strong>${session.accountName}</strong></bdi></dd>
<dt>${account.signedInAt}</dt><dd>${moment(frame, session.createdAt)}</dd>
<dt>${account.signedInWith}</dt><dd>${waysInWords(frame.words, session.proofs)}</dd>
<dt>${account.endsAt}</dt><dd>${moment(frame, session.expiresAt)}</dd>
</dl>`;
}

function kindOf(frame: Frame, { kind, synced }: OwnAuthenticator): Html {
  const { account, common } = frame.words;
  if (kind !== 'passkey') return html`${account.kindTotp}`;
  if (synced === null) return html`${account.kindPasskey}`;
  return html`${account.kindPasskey}${common.between}${synced ? account.synced : account.oneDevice}`;
}

function renaming(frame: Frame, item: OwnAuthenticator): Html {
  const { account, field: fields } = frame.words;
  const more = html` dir="auto" autocomplete="off" maxlength="60"`;
  const input = field({ name: 'label', id: `label-${item.id}`, label: fields.name, value: item.label, more });
  return html`<details><summary>${account.rename}<span class="unseen"> <bdi>${item.label}</bdi></span></summary>
<form method="post" action="${ACCOUNT}/authenticators/rename">${hidden('id', item.id)}${input}<button class="button quiet" type="submit">${account.renameButton}</button></form></details>`;
}

function removal(frame: Frame, item: OwnAuthenticator): Html {
  const { account } = frame.words;
  return html`<details><summary>${account.remove}<span class="unseen"> <bdi>${item.label}</bdi></span></summary>
<p class="small soft">${item.kind === 'passkey' ? account.removePasskeyText : account.removeText}</p>
${act(`${ACCOUNT}/authenticators/remove`, account.removeButton, 'button danger', hidden('id', item.id))}</details>`;
}

function authenticator(frame: Frame, item: OwnAuthenticator, only: boolean): Html {
  const { account } = frame.words;
  const used = item.lastUsedAt === null ? html`${account.neverUsed}` : moment(frame, item.lastUsedAt);
  return html`<li><p class="name"><strong><bdi>${item.label}</bdi></strong>${item.disabled && html` <span class="tag">${account.switchedOff}</span>`}</p>
<p class="small soft">${kindOf(frame, item)}</p>
<p class="small soft marks"><span>${account.addedAt} ${moment(frame, item.createdAt)}</span> <span>${account.lastUsed} ${used}</span></p>
<div class="deeds">${renaming(frame, item)}${!only && removal(frame, item)}</div>
${only && html`<p class="small soft">${account.lastOne}</p>`}</li>`;
}

function authenticators(frame: Frame, own: OwnAccount): Html {
  const { account } = frame.words;
  const usable = own.authenticators.filter((item) => !item.disabled).length;
  const items = own.authenticators.map((item) => authenticator(frame, item, !item.disabled && usable < 2));
  return html`<section aria-labelledby="authenticators"><h2 id="authenticators">${account.authenticators}</h2>
${items.length === 0 ? html`<p class="soft">${account.none}</p>` : html`<ul class="things">${items}</ul>`}
${act(`${ACCOUNT}/add`, account.add, 'button quiet')}</section>`;
}

function recovery(frame: Frame, left: number): Html {
  const { account } = frame.words;
  return html`<section aria-labelledby="recovery"><h2 id="recovery">${account.recovery}</h2>
<p class="soft">${account.recoveryText} ${account.recoveryLeft({ n: left })}</p>
${left < FEW_CODES && html`<p><strong>${account.recoveryLow}</strong></p>`}
<details><summary>${account.recoveryNew}</summary><p class="small soft">${account.recoveryNewText}</p>
${act(`${ACCOUNT}/recovery-codes`, account.recoveryNew, 'button quiet')}</details></section>`;
}

function password(frame: Frame): Html {
  const { field: fields, ownPassword } = frame.words;
  return html`<section aria-labelledby="own-password"><h2 id="own-password">${fields.password}</h2>
<p class="soft">${ownPassword.text}</p>
<a class="button quiet" href="${ACCOUNT}/password">${ownPassword.title}</a></section>`;
}

/** How long ago, for what has just happened; a moment for all else. */
function ago(frame: Frame, at: number, now: number): Html {
  const minutes = Math.max(0, Math.floor((now - at) / 60_000));
  if (minutes >= 60) return moment(frame, at);
  const text = new Intl.RelativeTimeFormat(frame.words.locale, { numeric: 'auto' }).format(-minutes, 'minute');
  return html`<time datetime="${new Date(at).toISOString()}">${text}</time>`;
}

function sessionItem(frame: Frame, item: OwnSession, now: number): Html {
  const { account } = frame.words;
  const end = act(`${ACCOUNT}/sessions/end`, account.endOne, 'text-button', hidden('id', item.id));
  return html`<li><p class="name"><strong>${deviceInWords(frame.words, item.userAgent)}</strong>${item.current && html` <span class="tag">${account.thisBrowser}</span>`}</p>
<p class="small soft marks"><span>${account.app} <bdi>${item.appId}</bdi></span> <span>${account.place} <bdi>${placeInWords(frame.words, item.source)}</bdi></span></p>
<p class="small soft marks"><span>${account.since} ${moment(frame, item.createdAt)}</span> <span>${account.lastActive} ${ago(frame, item.current ? now : item.lastSeenAt, now)}</span></p>
${!item.current && end}</li>`;
}

function sessions(frame: Frame, view: AccountPage): Html {
  const { account } = frame.words;
  const others = view.own.sessions.some((item) => !item.current);
  return html`<section aria-labelledby="sessions"><h2 id="sessions">${account.sessions}</h2>
<ul class="things">${view.own.sessions.map((item) => sessionItem(frame, item, view.now))}</ul>
<div class="actions">${act('/.sallyport/sign-out', account.signOut)}
${others && act(`${ACCOUNT}/sessions/end-others`, account.endOthers, 'button quiet')}</div></section>`;
}

function activityItem(frame: Frame, item: OwnActivity): Html {
  const { account } = frame.words;
  // Who failed did not say who they are: there is nobody to name.
  const who = item.outcome === 'ok' ? item.by : 'owner';
  const by = { owner: null, administrator: account.byAdministrator, system: account.bySystem }[who];
  const what = html`${activityInWords(frame.words, item)}${by !== null && html` (${by})`}`;
  return html`<li${item.outcome !== 'ok' && html` class="failed"`}><p>${what}${item.label !== null && html`: <bdi>${item.label}</bdi>`}</p>
<p class="small soft marks"><span>${moment(frame, item.at)}</span>${item.source !== null && html` <span>${account.place} <bdi>${placeInWords(frame.words, item.source)}</bdi></span>`}</p></li>`;
}

function activity(frame: Frame, items: readonly OwnActivity[]): Html {
  const { account } = frame.words;
  return html`<section aria-labelledby="activity"><h2 id="activity">${account.activity}</h2>
${items.length === 0 ? html`<p class="soft">${account.noActivity}</p>` : html`<p class="soft">${account.activityText}</p><ul class="things tight">${items.map((item) => activityItem(frame, item))}</ul>`}</section>`;
}

/** The person's own page. */
export function accountPage(frame: Frame, view: AccountPage): Html {
  const { account } = frame.words;
  const body = html`${doneNote(frame, view.done)}
${facts(frame, view.session)}
<p class="back"><a href="/">${account.back}</a></p>
${authenticators(frame, view.own)}
${recovery(frame, view.own.recoveryLeft)}
${view.password && password(frame)}
${sessions(frame, view)}
${activity(frame, view.own.activity)}`;
  return page(frame, { title: account.title, body, wide: true, script: true });
}
