import { textOf } from '../../presets/answer.ts';
import { CommandRefused } from '../../terminal/exit.ts';
import { type Form, formsIn } from '../direct/forms.ts';
import { bothWays } from './both-ways.ts';
import { checkNames, describable } from './describable.ts';
import { type DraftPredicate, type DraftStep, isToken } from './draft.ts';
import type { SentField } from './fields.ts';
import { isLed, locationPattern, outcomes, PASSWORD_INPUT, passwordField } from './outcomes.ts';
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

/** `script`: a script of the page sends it, too. */
function describe(exchange: Exchange, wrong: Exchange | undefined, script = exchange.script) {
  const same = new URLSearchParams(wrong?.target.split('?')[1] ?? exchange.target.split('?')[1] ?? '');
  // What says that it is a sign-in is fixed; where somebody came from, or the language, is not.
  const query = queryOf(exchange.target, (name, value) => same.get(name) === value && ACTION_VALUE.test(value));
  return {
    on: { method: exchange.method, path: [pathOf(exchange.target)], ...(query === undefined ? {} : { query }) },
    type: exchange.type,
    ...(script && exchange.type === 'form' ? { script: true as const } : {}),
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
  const also = recording.byScript?.right.fields ?? [];
  const pass = [...new Set([...right.fields, ...boxesOf(form), ...also].map(({ name }) => name))].filter(
    (name) => name !== '' && !known.has(name) && !(name in need),
  );
  const { on, ...how } = describe(right, wrong, right.script || recording.byScript !== undefined);
  // What says that it is a sign-in tells it from other things that are sent there.
  const told = Object.keys(need).length === 0 ? { on, ...how } : { on: { ...on, shared: true as const }, ...how, need };
  const last: DraftStep = {
    id: 'password',
    ...told,
    ...(named === undefined ? {} : { account: basic ? 'basic' : named }),
    secret: basic ? ['basic'] : secret,
    ...(pass.length === 0 || basic ? {} : { pass }),
    ...(bothWays(recording) ?? outcomes(right.answer, wrong?.answer ?? null, isLed(right))),
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
