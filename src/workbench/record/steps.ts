import { systemClock } from '../../lib/clock.ts';
import { headerOf, jsonOf, textOf } from '../../presets/answer.ts';
import { cookiesSet } from '../../presets/set-cookies.ts';
import type { WholeAnswer } from '../../presets/types.ts';
import { CommandRefused } from '../../terminal/exit.ts';
import { type Form, formsIn } from '../direct/forms.ts';
import { checkNames, describable } from './describable.ts';
import { type DraftPredicate, type DraftStep, isToken, literal } from './draft.ts';
import type { SentField } from './fields.ts';
import { pathOf } from './paths.ts';
import type { Exchange, Recording } from './recording.ts';
import { OTHER, RIGHT } from './redact.ts';

const ACTION_NAME = /action|task|^do$|cmd|^op$|mode|func|method|^step$|^login$|form_?id/i;
const ACTION_VALUE = /log|auth|sign|passw|enter/i;

/** Parameters of a target: their values where they look fixed, `*` where they look made anew. */
export function queryOf(
  target: string,
  fixed: (name: string, value: string) => boolean = (_, value) => !isToken(value),
): Record<string, string[] | '*'> | undefined {
  const query = new URLSearchParams(target.includes('?') ? target.slice(target.indexOf('?')) : '');
  const pairs = [...query].map(([name, value]): [string, string[] | '*'] => [name, fixed(name, value) ? [value] : '*']);
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs);
}

/** What presets take for a cookie's name as it is; all else is a pattern to them. */
const PLAIN_COOKIE = /^[A-Za-z0-9_.!#%&'+~-]+$/;

/** A cookie's name as presets have it: parts that depend on the installation stand for any such part, and all else for itself alone. */
export function cookiePattern(name: string): string {
  const hash = /[0-9a-f]{16,}/i.exec(name)?.[0];
  if (hash === undefined) return PLAIN_COOKIE.test(name) ? name : `^${literal(name)}$`;
  const [before = '', after = ''] = name.split(hash, 2);
  return `^${literal(before)}[0-9A-Fa-f]{${hash.length}}${literal(after)}$`;
}

function realCookies(answer: WholeAnswer): string[] {
  return [...cookiesSet(answer.headers, systemClock.now())].filter(([, value]) => value !== null).map(([name]) => name);
}

/** What addresses of an app are relative to, as long as only their paths matter. */
const NOWHERE = 'http://app.invalid';

function locationOf(answer: WholeAnswer): { path: string; query: string } | null {
  const location = headerOf(answer, 'location');
  if (location === undefined) return null;
  const url = URL.parse(location, NOWHERE);
  return url === null ? null : { path: url.pathname, query: url.search };
}

const ORIGIN = '^(?:https?://[^/]+)?';

/** Where an answer leads, as a pattern; what tells it from `other` is in it. */
function locationPattern(answer: WholeAnswer, other: WholeAnswer | null): string | undefined {
  const here = locationOf(answer);
  if (here === null) return undefined;
  const there = other === null ? null : locationOf(other);
  // Places that apps write without a slash are relative to the page.
  const start = /^(?:https?:)?\//.test(headerOf(answer, 'location') ?? '')
    ? ORIGIN + literal(here.path)
    : literal(here.path.slice(1));
  if (there === null || there.path !== here.path) return `${start}(?:[?#]|$)`;
  if (there.query === here.query || isTokenQuery(here.query)) return undefined;
  return `${start}${literal(here.query)}(?:&|#|$)`;
}

function isTokenQuery(query: string): boolean {
  return [...new URLSearchParams(query).values()].some(isToken);
}

/** Scalars of a JSON answer that differ from the other's and are short words: `status: ok`. */
function jsonMarker(answer: WholeAnswer, other: WholeAnswer): Record<string, string> | undefined {
  const [mine, theirs] = [jsonOf(answer), jsonOf(other)];
  if (typeof mine !== 'object' || mine === null) return undefined;
  for (const [key, value] of Object.entries(mine)) {
    const another = typeof theirs === 'object' && theirs !== null ? Reflect.get(theirs, key) : undefined;
    const short = typeof value === 'boolean' || (typeof value === 'string' && /^[A-Za-z_-]{1,24}$/.test(value));
    const at = `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (value !== another && short) return { [at]: `^${literal(String(value))}$` };
    if (another === undefined && typeof value === 'string' && value !== '') return { [at]: '.+' };
  }
  return undefined;
}

function passwordField(html: string): boolean {
  return formsIn(html).forms.some((form) => form.fields.some(({ type }) => type === 'password'));
}

const PASSWORD_INPUT = `type=["']?password`;

/** Answers to scripts are often one word: `Ok.`, `Fails.` */
const MOST_WORDS = 64;

/** The whole bodies, where both are short and differ. */
function wordsOf(right: WholeAnswer, wrong: WholeAnswer) {
  const [mine, theirs] = [textOf(right).trim(), textOf(wrong).trim()];
  const short = [mine, theirs].every(
    (text) => text.length <= MOST_WORDS && /^[\w .,:;!?'-]*$/.test(text) && !isToken(text),
  );
  if (!short || mine === '' || theirs === '' || mine === theirs) return undefined;
  return { ok: { body: `^\\s*${literal(mine)}\\s*$` }, fail: { body: `^\\s*${literal(theirs)}\\s*$` } };
}

/** Whether an answer leads where its own request asked to be led: from another page it leads elsewhere. */
export function isLed({ target, fields, answer }: Pick<Exchange, 'target' | 'fields' | 'answer'>): boolean {
  const here = locationOf(answer);
  const query = target.includes('?') ? target.slice(target.indexOf('?')) : '';
  const asked = [...fields.map(({ value }) => value), ...new URLSearchParams(query).values()];
  return asked.some(
    (value) =>
      /^(?:https?:\/)?\//i.test(value) &&
      URL.canParse(value, NOWHERE) &&
      here?.path === new URL(value, NOWHERE).pathname,
  );
}

/** What tells success from failure; `probe` when only the app's own word can. `led`: where the right one leads tells nothing. */
export function outcomes(
  right: WholeAnswer,
  wrong: WholeAnswer | null,
  led = false,
): { ok: DraftPredicate; fail?: DraftPredicate } {
  const location = led ? undefined : locationPattern(right, wrong);
  const only = realCookies(right).filter((name) => wrong === null || !realCookies(wrong).includes(name));
  const cookie = only[0] === undefined ? {} : { cookie: cookiePattern(only[0]) };
  const at = location === undefined ? {} : { location };
  if (wrong === null) return { ok: { status: right.status, ...at, ...cookie } };
  const there = locationPattern(wrong, right);
  const fail = { status: wrong.status, ...(there === undefined ? {} : { location: there }) };
  if (right.status !== wrong.status || ((led || location !== undefined) && there !== undefined))
    return { ok: { status: right.status, ...at, ...cookie }, fail };
  const [json, other] = [jsonMarker(right, wrong), jsonMarker(wrong, right)];
  if (json !== undefined && other !== undefined)
    return { ok: { status: right.status, json }, fail: { status: wrong.status, json: other } };
  if (passwordField(textOf(wrong)) && !passwordField(textOf(right)))
    return {
      ok: only.length > 0 ? { status: right.status, ...cookie } : { probe: true },
      fail: { status: wrong.status, body: PASSWORD_INPUT },
    };
  const words = wordsOf(right, wrong);
  if (only[0] !== undefined)
    return {
      ok: { status: right.status, ...cookie, ...words?.ok },
      fail: { status: wrong.status, ...(words?.fail ?? { nocookie: cookiePattern(only[0]) }) },
    };
  if (words !== undefined)
    return { ok: { status: right.status, ...words.ok }, fail: { status: wrong.status, ...words.fail } };
  return { ok: { probe: true }, fail: { probe: false } };
}

function accountIn(exchange: Exchange, account: string): string | undefined {
  return exchange.fields.find(({ value }) => value.toLowerCase() === account.toLowerCase())?.name;
}

/** The form of the app's page that the secret was typed into. */
function typedForm(recording: Recording, secret: string): Form | undefined {
  const forms = recording.exchanges.flatMap(({ answer }) => formsIn(textOf(answer)).forms);
  return forms.find((form) => form.fields.some(({ name }) => name === secret));
}

const TYPED: ReadonlySet<string> = new Set(['text', 'select', 'url', 'number']);

/** What makes the request a sign-in: its action, and what the operator filled in the same both times, such as a server. */
function needOf(exchange: Exchange, wrong: Exchange | undefined, form: Form | undefined, known: ReadonlySet<string>) {
  const action = ({ name, value }: SentField) =>
    ACTION_NAME.test(name) && ACTION_VALUE.test(value) && /^[\w-]{1,32}$/.test(value);
  const filled = ({ name, value }: SentField) => {
    const field = form?.fields.find((each) => each.name === name);
    const again = wrong?.fields.find((each) => each.name === name)?.value;
    return field !== undefined && TYPED.has(field.type) && field.value !== value && again === value && value !== '';
  };
  const fixed = exchange.fields.filter((field) => !known.has(field.name) && (action(field) || filled(field)));
  // What stands on a button is in the language of whoever reads it.
  const said = (name: string) => form?.fields.some((each) => each.name === name && each.said === true) === true;
  return Object.fromEntries(fixed.map(({ name, value }) => [name, said(name) ? '*' : value]));
}

function describe(exchange: Exchange, wrong: Exchange | undefined) {
  const same = new URLSearchParams(wrong?.target.split('?')[1] ?? exchange.target.split('?')[1] ?? '');
  // What says that it is a sign-in is fixed; where somebody came from, or the language, is not.
  const query = queryOf(exchange.target, (name, value) => same.get(name) === value && ACTION_VALUE.test(value));
  return {
    on: { method: exchange.method, path: [pathOf(exchange.target)], ...(query === undefined ? {} : { query }) },
    type: exchange.type,
    ...(exchange.script && exchange.type === 'form' ? { script: true as const } : {}),
  };
}

export interface FoundSteps {
  readonly steps: readonly DraftStep[];
  /** The page that the sign-in began at. */
  readonly page: string | null;
  readonly fields: readonly string[];
  /** Its page asks for a password and for nothing else that could be a name. */
  readonly nameless: boolean;
}

/** Whether somebody could have typed a name into the form. */
function asksForName({ fields }: Form): boolean {
  return fields.some(({ type }) => type === 'text' || type === 'email' || type === 'select');
}

/** Whether a script sent the password, and nothing else that could be a name. */
function isScriptWithoutName({ script, type, fields }: Exchange, secret: readonly string[]): boolean {
  const told = fields.filter(({ name, value }) => !secret.includes(name) && !isToken(value));
  const words = told.filter(({ value }) => /[a-z]{2}/i.test(value) && !/^(?:true|false|null)$/.test(value));
  return script && type !== 'basic' && words.length === 0;
}

/** Boxes that were not ticked may be another time. */
function boxesOf(form: Form | undefined): readonly { readonly name: string }[] {
  return form === undefined ? [] : [...form.fields, ...form.unticked];
}

/** The steps of the recorded sign-in. Throws CommandRefused where none can be described. */
export function foundSteps(recording: Recording): FoundSteps {
  const { wrong, account } = recording;
  const right = describable(recording);
  const secret = right.fields.filter(({ value }) => value === RIGHT).map(({ name }) => name);
  const named = accountIn(right, account);
  const basic = right.type === 'basic';
  const known = new Set([...secret, ...(named === undefined ? [] : [named])]);
  const form = right.type === 'form' ? typedForm(recording, secret[0] ?? '') : undefined;
  const need = basic ? {} : needOf(right, wrong, form, known);
  const pass = [...new Set([...right.fields, ...boxesOf(form)].map(({ name }) => name))].filter(
    (name) => name !== '' && !known.has(name) && !(name in need),
  );
  const { on, ...how } = describe(right, wrong);
  // What says that it is a sign-in tells it from other things that are sent there.
  const told = Object.keys(need).length === 0 ? { on, ...how } : { on: { ...on, shared: true as const }, ...how, need };
  const last: DraftStep = {
    id: 'password',
    ...told,
    ...(named === undefined ? {} : { account: basic ? 'basic' : named }),
    secret: basic ? ['basic'] : secret,
    ...(pass.length === 0 || basic ? {} : { pass }),
    ...outcomes(right.answer, wrong?.answer ?? null, isLed(right)),
  };
  const fields = basic ? [] : [...known];
  const earlier = named === undefined ? namedBefore(recording, right, account) : undefined;
  const nameless =
    named === undefined &&
    earlier === undefined &&
    (form === undefined ? isScriptWithoutName(right, secret) : !asksForName(form));
  if (named !== undefined || nameless)
    return { steps: [last], page: right.page, fields: nameless ? [] : fields, nameless };
  const first = firstStep(earlier, account);
  return { steps: [first.step, last], page: first.page, fields: [...fields, first.field], nameless };
}

/** The request that named the account before the one with the password. */
function namedBefore({ exchanges }: Recording, right: Exchange, account: string): Exchange | undefined {
  const before = exchanges.slice(0, exchanges.indexOf(right));
  return before.findLast((each) => each.method !== 'GET' && accountIn(each, account) !== undefined);
}

/** That request as a step. Throws CommandRefused where there is none. */
function firstStep(found: Exchange | undefined, account: string) {
  if (found !== undefined) checkNames(found);
  const field = found === undefined ? undefined : accountIn(found, account);
  if (found === undefined || field === undefined)
    throw new CommandRefused(
      `No request carried the name ${account} as it was typed: sign in with exactly that name while recording.`,
    );
  const pass = found.fields
    .map(({ name, value }) => (name === field || value === OTHER ? '' : name))
    .filter((name) => name !== '');
  const location = locationPattern(found.answer, null);
  const when: DraftPredicate =
    location === undefined
      ? { status: found.answer.status, ...(passwordField(textOf(found.answer)) ? { body: PASSWORD_INPUT } : {}) }
      : { status: found.answer.status, location };
  const step: DraftStep = {
    id: 'name',
    ...describe(found, undefined),
    account: field,
    ...(pass.length === 0 ? {} : { pass }),
    next: { step: 'password', when },
  };
  return { step, page: found.page, field };
}
