import type { LoginStep } from '../../config/login-types.ts';
import { selects } from '../../request/login/names.ts';
import type { Behind } from './behind.ts';
import { type BrowserBody, type FieldValues, headersFor } from './body.ts';
import { type Field, type Form, formsIn } from './forms.ts';

export interface Credentials {
  readonly account: string;
  /** Never printed. */
  readonly password: string;
}

/** A page as a browser has it. */
export interface Page {
  readonly html: string;
  readonly target: string;
}

/** The form of a step on a page. */
export interface Shown {
  /** null: the page has none that a browser could send. */
  readonly form: Form | null;
  /** Why there is none, in words; empty: there is. */
  readonly why: string;
  /** More forms with a password in them. */
  readonly others: readonly Form[];
  /** What references are relative to; null: the page. */
  readonly base: string | null;
}

/** One that is there, with what its references are relative to. */
export type ShownForm = Pick<Shown, 'base'> & { readonly form: Form };

/** What a browser sends for a form. */
export interface Posting extends BrowserBody {
  readonly method: Form['method'];
  readonly enctype: string;
  /** The whole address, or what is written in its place, for people. */
  readonly reference: string;
  /** null: it leads to another origin. */
  readonly target: string | null;
  readonly pairs: readonly (readonly [name: string, value: string])[];
}

/** Whether no form of a page is the step: what a script or a program sends is not seen in its HTML. */
export function isByScript({ type, script }: LoginStep): boolean {
  return script || type !== 'form';
}

/** What a person types into a step. */
export function givenFor(step: LoginStep, { account, password }: Credentials): FieldValues {
  const given = new Map<string, string>();
  if (step.type === 'basic') return given.set('user', account).set('password', password);
  if (step.account !== null) given.set(step.account, account);
  if (step.secret[0] !== undefined) given.set(step.secret[0], password);
  return given;
}

function hits(form: Form, selectors: readonly string[]): number {
  return selectors.filter((selector) => form.fields.some(({ name }) => selects(selector, name))).length;
}

/** The forms that ask for a password; where none does, those that ask for the name and leave no password to a script. */
function asking(step: LoginStep, forms: readonly Form[]): readonly Form[] {
  const { account } = step;
  const secret = (form: Form) => form.fields.some(({ type }) => type === 'password') || hits(form, step.secret) > 0;
  const own = forms.filter(({ loose }) => !loose);
  const asks = step.secret.length === 0 ? [] : own.filter(secret);
  const script = forms.some((form) => form.nameless || (form.loose && secret(form)));
  if (asks.length > 0 || account === null || script) return asks;
  return own.filter((form) => hits(form, [account]) > 0);
}

function absence(forms: readonly Form[], whole: boolean): string {
  if (!whole) return 'the page has more forms and fields than are read';
  if (forms.some(({ nameless, loose }) => nameless || loose))
    return 'a script builds the sign-in: its fields stand in no form, or have no names';
  return 'there is none in the HTML of the page';
}

/** The form that a page shows for a step: of those that ask for a password the one that has most of its fields. */
export function shownForm(step: LoginStep, { html }: Page): Shown {
  const { forms, base, whole } = formsIn(html);
  const known = [
    step.account ?? '',
    ...step.secret,
    ...step.need.keys(),
    ...(step.pass === 'any-scalar' ? [] : step.pass),
  ];
  const selectors = known.filter((selector) => selector !== '');
  const [form = null, ...others] = (whole ? asking(step, forms) : [])
    .map((each) => ({ each, score: hits(each, selectors) }))
    .toSorted((a, b) => b.score - a.score)
    .map(({ each }) => each);
  return { form, why: form === null ? absence(forms, whole) : '', others, base };
}

/** The whole address that a form leads to; null for none that leads anywhere. */
function addressOf(form: Form, base: string | null, page: Page, behind: Behind): string | null {
  // Without an action it is the page itself, whatever the page calls its base.
  if (form.action === '') return behind.absolute('', page.target);
  const from = base === null ? page.target : behind.absolute(base, page.target);
  return from === null ? null : behind.absolute(form.action, from);
}

/** Where a form leads; null: to another origin. */
export function leadsTo(form: Form, base: string | null, page: Page, behind: Behind): string | null {
  const address = addressOf(form, base, page, behind);
  return address === null ? null : behind.within(address, page.target);
}

const TYPED_NOT: ReadonlySet<string> = new Set(['hidden', 'submit', 'image', 'checkbox', 'radio', 'select']);

/** What a field is sent with: what a person types there or chooses of it, else what the page shows. */
function sentFor(step: LoginStep, given: FieldValues, { name, value, type, choices }: Field): string {
  const typed = [...given].find(([selector]) => selects(selector, name));
  if (typed !== undefined && !TYPED_NOT.has(type)) return typed[1];
  const [, allowed = 'any'] = [...step.need].find(([selector]) => selects(selector, name)) ?? [];
  if (allowed === 'any' || allowed.includes(value)) return value;
  const may = type === 'select' ? allowed.find((each) => choices?.includes(each)) : allowed[0];
  return may !== undefined && (type === 'select' || !TYPED_NOT.has(type)) ? may : value;
}

/** Boxes that a person ticks since the step needs them. */
function ticked(step: LoginStep, { unticked }: Form): Field[] {
  return [...step.need].flatMap(([selector, allowed]) =>
    allowed === 'any'
      ? []
      : unticked.filter(({ name, value }) => selects(selector, name) && allowed.includes(value)).slice(0, 1),
  );
}

function withoutQuery(target: string): string {
  return target.split('?', 1)[0] ?? '';
}

/** What a browser sends for a form of a page when a person has typed these values. */
export function postingOf(
  { form, base }: ShownForm,
  page: Page,
  behind: Behind,
  { step, given }: { readonly step: LoginStep; readonly given: FieldValues },
): Posting {
  const chosen = ticked(step, form);
  const replaced = new Set(chosen.filter(({ type }) => type === 'radio').map(({ name }) => name));
  const shown = form.fields.filter(({ name, type }) => type !== 'radio' || !replaced.has(name));
  const pairs = [...shown, ...chosen].map((field) => [field.name, sentFor(step, given, field)] as [string, string]);
  const leads = leadsTo(form, base, page, behind);
  const text = new URLSearchParams(pairs).toString();
  const inQuery = form.method === 'GET';
  const target = leads !== null && inQuery ? `${withoutQuery(leads)}?${text}` : leads;
  const bytes = Buffer.from(inQuery ? '' : text);
  const rawHeaders = inQuery ? [] : headersFor(form.enctype, bytes);
  return {
    method: form.method,
    enctype: form.enctype,
    reference: addressOf(form, base, page, behind) ?? form.action,
    target,
    pairs,
    rawHeaders,
    bytes,
  };
}
