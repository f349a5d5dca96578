import type { LoginStep } from '../../config/login-types.ts';
import { textOf } from '../../presets/answer.ts';
import type { WholeAnswer } from '../../presets/types.ts';
import type { Behind } from './behind.ts';
import { emptyJar } from './cookies.ts';
import { expectedOf, misfits, unknownBoxes } from './form-fit.ts';
import type { Form } from './forms.ts';
import { fine, judged, type Line, note, wrong } from './line.ts';
import { isByScript, type Page, postingOf, type Shown, shownForm } from './posting.ts';
import type { AppUnderTest } from './sign-in.ts';

/** What a person types is no matter here: any text does. */
function typedAnything(step: LoginStep) {
  const selectors = [step.account, step.secret[0]].filter((name) => name != null);
  return { step, given: new Map(selectors.map((selector) => [selector, 'x'])) };
}

function fieldsOf({ account, secret, need }: LoginStep): string {
  return [account, ...secret, ...need.keys()].filter((name) => name !== null).join(', ');
}

/** More forms that ask for a password: people may use them, and what is no step is refused to them. */
function otherLines(behind: Behind, step: LoginStep, page: Page, { others, base }: Shown): Line[] {
  return others.flatMap((form) => {
    const posting = postingOf({ form, base }, page, behind, typedAnything(step));
    const [fault] = misfits(behind, step, posting);
    const what = 'another form with a password';
    return fault === undefined ? [] : [note(what, `step ${step.id}, or unused`, fault)];
  });
}

function boxLines(step: LoginStep, form: Form): Line[] {
  const unknown = unknownBoxes(step, form);
  if (unknown.length === 0) return [];
  const said = `${unknown.slice(0, 5).join(', ')}: the sign-in of whoever ticks it is refused`;
  return [note('boxes of the form', 'known to the preset', said)];
}

/** Whether what the page's own form sends is what the preset takes for the sign-in. */
function formLines(behind: Behind, step: LoginStep, page: Page): Line[] {
  const what = 'form of the page';
  const shown = shownForm(step, page);
  const { form, base } = shown;
  if (isByScript(step)) {
    const by = `a script or a program sends step ${step.id}: what it sends, and where, is not compared`;
    return step.type === 'basic' ? [] : [note(what, expectedOf(step), by)];
  }
  if (form === null) {
    const left = `no form was found, and so its address, method and fields were not compared: ${shown.why}`;
    return [note(what, `a form with ${fieldsOf(step)}`, left)];
  }
  const posting = postingOf({ form, base }, page, behind, typedAnything(step));
  const faults = misfits(behind, step, posting);
  const leads = posting.target === null;
  const address = form.action.replace(/;[^?]*/, '') || 'leads to the page itself';
  return [
    ...(leads ? [] : [fine(what, 'leads to this app', address)]),
    judged(
      faults.length === 0,
      leads ? what : 'form, as a browser sends it',
      leads ? 'leads to this app' : `step ${step.id}: ${expectedOf(step)} with ${fieldsOf(step)}`,
      faults.length === 0 ? 'that step' : faults.join('; '),
    ),
    ...boxLines(step, form),
    ...otherLines(behind, step, page, shown),
  ];
}

function statusOf({ status, reason }: WholeAnswer): string {
  return reason.startsWith('refused by us') ? `${status}, ${reason}` : String(status);
}

/** Whether people get to the sign-in page, and its own form is the sign-in of the preset. */
export async function entryLines({ client, login }: AppUnderTest): Promise<Line[]> {
  const behind = client.behind(login);
  const { answer, target, left } = await behind.open(login.entry, emptyJar());
  const { status } = answer;
  const what = `entry ${login.entry}`;
  if (left !== null) return [wrong(what, 'a page of this app', `${status}, leads to ${left}`)];
  const answers = status < 400 || (status === 401 && login.steps.every(({ type }) => type === 'basic'));
  const entry = judged(answers, what, 'a page', statusOf(answer));
  const [step] = login.steps;
  return step === undefined ? [entry] : [entry, ...formLines(behind, step, { html: textOf(answer), target })];
}
