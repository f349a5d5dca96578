import type { Guard, LoginStep } from '../../config/login-types.ts';
import { refuse } from './refused.ts';
import { judgeValue } from './scan-text.ts';
import { type Watch, watchFields } from './watch.ts';

/** Fields of a step that say who signs in, or prove it. Those of Basic have no names of their own. */
export function credentialsOf({ type, account, realm, secret }: LoginStep): readonly string[] {
  return type === 'basic' ? [] : [account, realm, ...secret].filter((field) => field !== null);
}

/** Takes the name or the password alone, the other in another request: any of them alone is a part of a sign-in. */
export function isPart(step: LoginStep): boolean {
  return step.type !== 'basic' && (step.account === null) !== (step.secret.length === 0);
}

/** A sign-in in a password: each field where the sign-in goes over several requests, else the name with a password. */
export function wholeSignIn(step: LoginStep): Pick<Guard, 'fields' | 'sets'> {
  const { account, secret } = step;
  if (isPart(step)) return { fields: credentialsOf(step), sets: [] };
  return { fields: [], sets: account === null ? [] : secret.map((each) => [account, each]) };
}

/** A watch whose names are refused as part of the login body that they stand in. */
function refusing({ fields, sets }: Pick<Guard, 'fields' | 'sets'>): Watch {
  const watch = watchFields(fields, sets);
  const see: Watch['see'] = (name, folded) =>
    watch.see(name, folded) === null ? null : refuse('look-alike', 'a field of the sign-in inside of a value');
  return { ...watch, see };
}

/**
 * Refuses values that hold a field of the sign-in in another syntax, or in the same once more: some apps take fields from
 * wherever they find them, and would find another name than the one that is judged. Passwords may be anything, but not a whole
 * sign-in. `steps`: all of the login.
 */
export function checkValues(
  step: LoginStep,
  steps: readonly LoginStep[],
  { others, secrets }: { readonly others: readonly string[]; readonly secrets: readonly string[] },
): void {
  const [anywhere, whole] = [refusing({ fields: steps.flatMap(credentialsOf), sets: [] }), refusing(wholeSignIn(step))];
  for (const text of others) judgeValue(anywhere, text);
  for (const text of secrets) judgeValue(whole, text);
}
