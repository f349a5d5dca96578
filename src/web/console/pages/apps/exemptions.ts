import { type Html, html } from '../../../../lib/html.ts';
import type { AppView } from '../../../../manage/apps.ts';
import type { ConsoleContext } from '../../context.ts';
import { empty, table } from '../parts/table.ts';
import { consolePage } from '../shell.ts';

const SOON_DAYS = 30;
const DAY = 86_400_000;

interface Exception {
  readonly app: string;
  /** Method and path; null: the app's own sign-in is not bound. */
  readonly place: string | null;
  readonly owner: string;
  readonly reason: string;
  readonly expires: string;
  readonly expired: boolean;
}

function exceptionsOf({ id: app, login, routes }: AppView): Exception[] {
  const open = routes.flatMap(({ method, path, exemption }) =>
    exemption === null ? [] : [{ app, place: `${method} ${path}`, ...exemption }],
  );
  return login.unbound === null ? open : [{ app, place: null, ...login.unbound }, ...open];
}

function state({ frame: { words }, now }: ConsoleContext, { expires, expired }: Exception): Html {
  const said = words.consoleExemptions;
  if (expired) return html`<span class="tag off">${said.over}</span>`;
  const soon = Date.parse(expires) - now < SOON_DAYS * DAY;
  return soon ? html`<span class="tag soon">${said.soon}</span>` : html`<span class="tag">${said.inForce}</span>`;
}

/** What stands open by exception, with whoever answers for it, and until when. */
export function exemptionsPage(context: ConsoleContext, apps: readonly AppView[]): Html {
  const { words } = context.frame;
  const said = words.consoleExemptions;
  const all = apps.flatMap(exceptionsOf).sort((a, b) => (a.expires < b.expires ? -1 : a.expires > b.expires ? 1 : 0));
  const rows = all.map((each) => [
    html`<bdi>${each.app}</bdi>`,
    each.place === null ? html`${said.unbound}` : html`<code dir="ltr">${each.place}</code>`,
    html`<bdi>${each.reason}</bdi>`,
    html`<bdi>${each.owner}</bdi>`,
    html`<time datetime="${each.expires}"><bdi dir="ltr">${each.expires}</bdi></time>`,
    state(context, each),
  ]);
  const labels = [words.consoleApps.app, said.what, said.reason, said.owner, said.ends, said.state];
  const list =
    rows.length === 0
      ? empty(said.empty)
      : table({ caption: said.caption, columns: labels.map((label) => ({ label })), rows });
  return consolePage(context, { title: said.title, body: html`<p class="lead">${said.lead}</p>${list}` });
}
