import { type Ask, basic, type Client, form, get } from './client.ts';
import type { Account } from './product.ts';

/** A product's login form: where it stands, and what its two fields are called. */
export interface LoginForm {
  readonly page: string;
  /** Where it is sent to. */
  readonly action: string;
  readonly account: string;
  readonly secret: string;
  /** Fields that a person fills in or presses besides; their values. */
  readonly more?: Readonly<Record<string, string>>;
}

function unescaped(text: string): string {
  return text
    .replace(/&#0?38;/g, '&amp;')
    .replace(/&quot;/g, '"')
    .replace(/&#0?39;/g, "'")
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
}

/** Hidden fields of a page, as a browser sends them along. */
export function hiddenFields(html: string): [string, string][] {
  return [...html.matchAll(/<input\b[^>]*>/gi)]
    .map(
      ([tag]) =>
        (name: string) =>
          unescaped(new RegExp(`\\b${name}=["']([^"']*)["']`, 'i').exec(tag)?.[1] ?? ''),
    )
    .filter((of) => of('type') === 'hidden' && of('name') !== '')
    .map((of) => [of('name'), of('value')]);
}

/** Opens the page as this browser and fills the form in. Without the page (it is not for this browser) it is sent bare. */
export async function fillIn(browser: Client, login: LoginForm, { name, password }: Account): Promise<Ask> {
  const { body } = await browser.page(login.page);
  const forms = body.match(/<form\b[\s\S]*?<\/form>/gi) ?? [];
  const fields = new Map(
    hiddenFields(
      forms.find((one) => one.includes(`name="${login.secret}"`) || one.includes(`name='${login.secret}'`)) ?? '',
    ),
  );
  for (const [key, value] of Object.entries(login.more ?? {})) fields.set(key, value);
  fields.set(login.account, name).set(login.secret, password);
  return form(login.action, fields);
}

/** The two fields of the login, where they do not belong: in the query and in the body of other pages; and as Basic. */
export function elsewhere(login: LoginForm, { name, password }: Account, targets: readonly string[]): Ask[] {
  const pair = [
    [login.account, name],
    [login.secret, password],
  ] as const;
  const query = new URLSearchParams(pair.map(([key, value]): [string, string] => [key, value])).toString();
  const withQuery = (target: string): string => `${target}${target.includes('?') ? '&' : '?'}${query}`;
  return [...targets, login.action].flatMap((target) => [
    get(withQuery(target)),
    get(target, [basic(name, password)]),
    ...(target === login.action ? [] : [form(target, pair)]),
  ]);
}

/** The login form sent to addresses that some product or other takes for the right one. */
export function otherPaths(login: LoginForm, { name, password }: Account, targets: readonly string[]): Ask[] {
  const fields = { ...login.more, [login.account]: name, [login.secret]: password };
  return targets.map((target) => form(target, Object.entries(fields)));
}

/** Follows the first link of a page that looks like this; does nothing where there is none. */
export async function followLink(browser: Client, page: string, link: RegExp): Promise<void> {
  const found = link.exec((await browser.page(page)).body)?.[1];
  if (found === undefined) return;
  const { pathname, search } = new URL(unescaped(found), `${browser.front.origin}${page}`);
  await browser.page(pathname + search);
}
