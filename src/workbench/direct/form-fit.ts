import type { LoginStep } from '../../config/login-types.ts';
import { SallyportError } from '../../errors.ts';
import { placeOf } from '../../presets/readable.ts';
import { HeaderFields } from '../../request/fields.ts';
import { selects } from '../../request/login/names.ts';
import { readStep } from '../../request/login/step.ts';
import type { Behind } from './behind.ts';
import { lists } from './body.ts';
import type { Form } from './forms.ts';
import type { Posting } from './posting.ts';

/** Longest text of a page that is repeated to people, characters; most faults of one kind that are listed. */
const [MAX_SHOWN, MAX_LISTED] = [120, 5];

function short(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

function listed(names: readonly string[]): string {
  const more = names.length - MAX_LISTED;
  return `${names.slice(0, MAX_LISTED).map(short).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Method and address of a step, for people. */
export function expectedOf(step: LoginStep): string {
  return `${step.on.method} ${step.on.paths.map((path) => placeOf(path, step.on.query)).join(' or ')}`;
}

/** What is wrong with where a form leads; null: nothing. */
function misled(behind: Behind, step: LoginStep, { method, target, reference, enctype }: Posting): string | null {
  const expects = `the preset expects ${expectedOf(step)}`;
  if (method === 'DIALOG') return `is sent nowhere (method dialog); ${expects}`;
  if (target === null)
    return `leads past us, to ${short(reference)}: add its origin to rewrite.body, or set the base address of the app`;
  const goes = `goes to ${method} ${short(method === 'GET' ? (target.split('?', 1)[0] ?? '') : target)}`;
  const reading = behind.read(method, target);
  if (reading === null) return `${goes}, which is no address that we pass on; ${expects}`;
  if (reading.kind === 'door' || reading.kind === 'guarded')
    return `${goes}, which we refuse: ${reading.why}; ${expects}`;
  if (reading.kind !== 'step') return `${goes}, where the preset knows no sign-in; ${expects}`;
  if (!reading.steps.includes(step))
    return `${goes}, which is step ${reading.steps.map(({ id }) => id).join(' or ')}; ${expects} for step ${step.id}`;
  return enctype === 'application/x-www-form-urlencoded' ? null : `is sent as ${enctype}, which no step is`;
}

function needs({ account, secret, need }: LoginStep): readonly string[] {
  return [...new Set([account, secret[0], ...need.keys()].filter((name) => name != null))];
}

function wrongValues({ need }: LoginStep, pairs: Posting['pairs']): string[] {
  return [...need].flatMap(([selector, allowed]) => {
    const pair = allowed === 'any' ? undefined : pairs.find(([name]) => selects(selector, name));
    if (pair === undefined || allowed === 'any' || allowed.includes(pair[1])) return [];
    return [
      `sends ${short(pair[0])} as ${JSON.stringify(short(pair[1]))}; the preset needs ${JSON.stringify(allowed[0])}`,
    ];
  });
}

/** What is wrong with the fields that are sent. */
function misfilled(step: LoginStep, { pairs }: Posting): string[] {
  const names = [...new Set(pairs.map(([name]) => name))];
  const lacking = needs(step).filter((selector) => !names.some((name) => selects(selector, name)));
  const unknown = names.filter((name) => !lists(step, name));
  return [
    ...(lacking.length === 0 ? [] : [`lacks ${listed(lacking)}, which the preset needs`]),
    ...wrongValues(step, pairs),
    ...(unknown.length === 0 ? [] : [`has ${listed(unknown)}, which the preset does not know: add it to pass`]),
  ];
}

/** What our own reader of steps has against it; null: nothing. */
function unread(behind: Behind, step: LoginStep, { rawHeaders, bytes }: Posting): string | null {
  try {
    const read = readStep(step, HeaderFields.of(rawHeaders), bytes, behind.login.steps);
    return read === 'not-this-step' ? 'lacks a value that the preset needs' : null;
  } catch (error) {
    if (error instanceof SallyportError) return `is refused (${error.message})`;
    throw error;
  }
}

/**
 * Why what a browser sends for a form is not this step of the preset, in words that follow "the form"; empty when it is. By the
 * code that judges the requests of people.
 */
export function misfits(behind: Behind, step: LoginStep, posting: Posting): readonly string[] {
  const astray = misled(behind, step, posting);
  const filled = misfilled(step, posting);
  const faults = astray === null ? filled : [astray, ...filled];
  if (faults.length > 0) return faults;
  const refused = unread(behind, step, posting);
  return refused === null ? [] : [refused];
}

/** Names of boxes that a person may tick and that the preset does not know. */
export function unknownBoxes(step: LoginStep, { unticked }: Form): readonly string[] {
  return [...new Set(unticked.map(({ name }) => name))].filter((name) => !lists(step, name));
}
