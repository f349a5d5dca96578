import { CONSOLE } from '../../../../config/console.ts';
import { type Html, html } from '../../../../lib/html.ts';
import type { SessionPage } from '../../../../manage/session-find.ts';
import {
  revokeAllSessions,
  revokeAppSessions,
  revokeModelSessions,
  revokeOrganisationSessions,
  revokeSession,
} from '../../../../manage/sessions.ts';
import { hidden } from '../../../pages/parts.ts';
import { deviceInWords } from '../../../pages/say.ts';
import { accountAddress } from '../../address.ts';
import type { ConsoleContext } from '../../context.ts';
import { may, mayAll, mayIn } from '../../may.ts';
import type { Said } from '../../said.ts';
import { disclosed, type Option, oneButton, select, type Typed, typedField } from '../parts/form.ts';
import { appWords, type Organisations, organisationField, organisationLink } from '../parts/people.ts';
import { numeral, saidWords } from '../parts/said.ts';
import { pager, searchForm } from '../parts/search.ts';
import { empty, table } from '../parts/table.ts';
import { when } from '../parts/when.ts';
import { consolePage } from '../shell.ts';

/** Which sessions are looked for. */
export interface SessionWish {
  readonly account?: string;
  readonly app?: string;
  readonly organisation?: string;
}

export interface SessionsView {
  readonly page: SessionPage;
  readonly wish: SessionWish;
  readonly organisations: Organisations;
  readonly around: { readonly first: string | null; readonly back: string | null; readonly next: string | null };
  readonly said: Said;
  readonly typed: Typed;
}

type Row = SessionPage['rows'][number];

function rowOf(context: ConsoleContext, { organisations }: SessionsView) {
  const { words } = context.frame;
  const own = words.consoleSessions;
  return (row: Row): readonly Html[] => {
    const mine = row.id === context.session.id;
    const ends = mayIn(context, revokeSession, row.organisationId) && !mine;
    return [
      html`<a class="row-link" href="${accountAddress(row.accountId)}"><bdi>${row.account}</bdi></a>${mine && html` <span class="tag">${own.mine}</span>`}`,
      appWords(words, row.appId),
      ...(organisations.size > 1 ? [organisationLink(words, organisations, row.organisationId)] : []),
      html`${deviceInWords(words, row.userAgent)}<br><span class="small soft"><bdi dir="ltr">${row.source}</bdi></span>`,
      when(context, row.createdAt),
      when(context, row.lastSeenAt),
      html`${row.streams === null ? own.openUnknown : numeral(words, row.streams)}`,
      html`${ends && oneButton('/sessions/end', own.end, { id: row.id })}`,
    ];
  };
}

function columnsOf({ frame: { words } }: ConsoleContext, { organisations }: SessionsView) {
  const { consoleSessions: own, consoleWords: common } = words;
  return [
    { label: own.who },
    { label: common.app },
    ...(organisations.size > 1 ? [{ label: common.organisation }] : []),
    { label: own.device },
    { label: own.since },
    { label: own.idle },
    { label: own.open, look: 'number' as const },
    { label: common.acts, look: 'acts' as const, unseen: true as const },
  ];
}

function filters(context: ConsoleContext, { wish, organisations }: SessionsView): Html {
  const { words } = context.frame;
  const { consoleWords: common } = words;
  const apps = [
    ...context.site.config.apps.map(({ id }): Option => [id, id]),
    [CONSOLE, words.consoleShell.name] as const,
  ];
  const typed = { value: () => undefined, fault: undefined };
  const organisation =
    organisations.size > 1 &&
    organisationField(words, typed, {
      organisations,
      label: common.organisation,
      none: common.all,
      value: wish.organisation,
    });
  return html`<div class="fields">${select({ name: 'app', label: common.app, options: [['', common.all], ...apps], value: wish.app })}${organisation}</div>`;
}

/** Everybody of the organisation that is looked at. */
function endingOrganisation(context: ConsoleContext, { wish, organisations }: SessionsView): Html {
  const own = context.frame.words.consoleSessions;
  const { organisation: id } = wish;
  const name = id === undefined ? undefined : organisations.get(id)?.name;
  if (id === undefined || name === undefined || !mayIn(context, revokeOrganisationSessions, id)) return html``;
  return disclosed({
    label: own.endOrganisation({ organisation: name }),
    action: '/sessions/end-organisation',
    button: own.endAppButton,
    danger: true,
    body: html`<p class="small">${own.endOrganisationText}</p>${hidden('organisation', id)}`,
  });
}

/** People with a passkey of a model that is found to be weak. */
function endingModel(context: ConsoleContext, { typed }: SessionsView): Html {
  const { words } = context.frame;
  const own = words.consoleSessions;
  if (!may(context, revokeModelSessions)) return html``;
  return disclosed({
    label: own.endModel,
    action: '/sessions/end-model',
    button: own.endAppButton,
    danger: true,
    open: typed.fault?.field === 'aaguid',
    body: html`<p class="small">${own.endModelText}</p>${typedField(words, typed, { name: 'aaguid', label: own.model, hint: own.modelHint, more: html` autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="36"` })}`,
  });
}

/** Ending many: those of the app or the organisation that is looked at, of a model, or all, which is to be typed. */
function ending(context: ConsoleContext, view: SessionsView): Html {
  const { wish, typed } = view;
  const { words } = context.frame;
  const own = words.consoleSessions;
  const app =
    wish.app !== undefined &&
    may(context, revokeAppSessions) &&
    disclosed({
      label: own.endApp({ app: wish.app }),
      action: '/sessions/end-app',
      button: own.endAppButton,
      danger: true,
      body: html`<p class="small">${mayAll(context, revokeAppSessions) ? own.endAppText : own.endYoursText}</p>${hidden('app', wish.app)}`,
    });
  const all =
    may(context, revokeAllSessions) &&
    disclosed({
      label: own.endAll,
      action: '/sessions/end-all',
      button: own.endAllButton,
      danger: true,
      open: typed.fault?.field === 'confirm',
      body: html`<p class="small">${mayAll(context, revokeAllSessions) ? own.endAllText : own.endYoursText}</p>${typedField(words, typed, { name: 'confirm', label: own.typeWord, hint: own.word, more: html` autocomplete="off" autocapitalize="none" spellcheck="false"` })}`,
    });
  return html`<div class="acts">${app}${endingOrganisation(context, view)}${endingModel(context, view)}${all}</div>`;
}

/** Who is signed in now: found, and ended. */
export function sessionsPage(context: ConsoleContext, view: SessionsView): Html {
  const { words } = context.frame;
  const own = words.consoleSessions;
  const { page, wish, around, said } = view;
  const n = numeral(words, page.total);
  const caption = page.more ? own.captionMore({ n }) : own.caption({ n });
  const none = Object.keys(wish).length === 0 ? own.empty : words.consoleWords.noMatch;
  const list =
    page.rows.length === 0
      ? empty(none)
      : table({ caption, columns: columnsOf(context, view), rows: page.rows.map(rowOf(context, view)) });
  const body = html`${saidWords(words, said)}<div class="above">${searchForm(words, { action: '/sessions', label: own.search, value: wish.account ?? '', filters: filters(context, view) })}</div>
${ending(context, view)}
<div id="results" aria-live="polite">${list}${page.rows.length > 0 && html`<p class="small soft">${own.openHint}</p>`}${pager(words, around)}</div>`;
  return consolePage(context, { title: own.title, body });
}
