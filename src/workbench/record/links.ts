import { withoutEntities } from '../../presets/whoami.ts';
import { tagsIn } from '../direct/forms.ts';
import { ACTING, ASSET, ENTERING, LEAVING, LOGOUT, MEANT, SESSION_FIELD } from './words.ts';

/** Tags that lead to other pages of the same app, and the attribute that says where. */
const LEADING: ReadonlyMap<string, string> = new Map([
  ['a', 'href'],
  ['area', 'href'],
  ['frame', 'src'],
  ['iframe', 'src'],
]);
const TAGS: ReadonlySet<string> = new Set([...LEADING.keys(), 'meta']);

/** References of one page that are looked at, and characters of the longest and of what it says. */
const [MOST, LONGEST, MOST_SAID] = [500, 2048, 80];

/** The address in the content of such a `meta`: after the time, `url=` and a quote, where they stand. */
function refreshOf(content: string): string | null {
  const mark = content.search(/[;,]/);
  const rest = mark < 0 ? '' : content.slice(mark + 1).trim();
  const address = (/^url[ \t]*=/i.test(rest) ? rest.slice(rest.indexOf('=') + 1).trim() : rest).replace(/^["']/, '');
  const [leads = ''] = address.split(/["']/, 1);
  return leads.trim() === '' ? null : leads.trim();
}

/** Characters from which on a value of digits and letters, in no order that words have, is random. */
const RANDOM = 20;

const isRandom = (value: string): boolean =>
  value.length >= RANDOM && /^[\w.~+/=-]+$/.test(value) && /[a-z]/i.test(value) && /\d|[a-z][A-Z]/.test(value);

/**
 * Whether a link may do something, or gives no page, when it is followed: by a word of its address or of what it says, or by a value that says a
 * request was meant, as apps put it against forged requests into links that act and nowhere else.
 */
export function mayAct(target: string, said: string): boolean {
  const spoken = said.slice(0, MOST_SAID);
  if ([LOGOUT, ACTING].some((words) => words.test(target) || words.test(spoken)) || ASSET.test(target)) return true;
  const start = target.indexOf('?');
  if (start < 0) return false;
  for (const [name, value] of new URLSearchParams(target.slice(start + 1)))
    if (MEANT.test(name) || (isRandom(value) && !SESSION_FIELD.test(name))) return true;
  return false;
}

/** Where a page leads. */
export interface Links {
  /** By links and frames, as written, in its order, each once. */
  readonly links: readonly string[];
  /** Those of them that may do something. */
  readonly acting: ReadonlySet<string>;
  /** Those of them that say that they sign in, and out. */
  readonly entering: readonly string[];
  readonly leaving: readonly string[];
  /** By itself (HTML, `meta` with `http-equiv=refresh`); null: nowhere. */
  readonly refresh: string | null;
}

export function linksIn(page: string): Links {
  const links = new Set<string>();
  const acting = new Set<string>();
  const [entering, leaving]: [string[], string[]] = [[], []];
  let refresh: string | null = null;
  for (const { tag, text } of tagsIn(page, TAGS)) {
    const of = (name: string): string =>
      withoutEntities((tag.attributes.find((each) => each.name === name)?.value ?? '').slice(0, LONGEST)).trim();
    const place = LEADING.get(tag.name);
    if (tag.closing) continue;
    if (place === undefined) {
      if (of('http-equiv').toLowerCase() === 'refresh') refresh ??= refreshOf(of('content'));
    } else if (links.size < MOST && of(place) !== '') {
      links.add(of(place));
      const said = withoutEntities(text.slice(0, MOST_SAID)).trim();
      if (mayAct(of(place), `${said} ${of('title').slice(0, MOST_SAID)}`)) acting.add(of(place));
      if (ENTERING.test(said)) entering.push(of(place));
      if (LEAVING.test(said)) leaving.push(of(place));
    }
  }
  return { links: [...links], acting, entering, leaving, refresh };
}
