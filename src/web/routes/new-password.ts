import { passwordFault } from '../../accounts/password.ts';
import type { PasswordAdvice } from '../../enrol/types.ts';
import { SallyportError } from '../../errors.ts';
import { type Form, need } from '../body.ts';

/** Guessed within some thousand tries, or some hundred million: people are told before such a password is set. */
const WEAK = 1;

/** The form asks twice, JSON once. Throws `bad-body` where the two differ. */
export function newPassword(form: Form): string {
  const password = need(form, 'password');
  const again = form.get('again');
  if (again !== undefined && again !== password) throw new SallyportError('bad-body', 'the two passwords differ');
  return password;
}

/** Whether a person is told first how easily it is guessed: once, since pressing again sets it. Programs are told nothing. */
export async function wantsAdvice(form: Form, password: string): Promise<boolean> {
  if (form.kind === 'json' || form.get('anyway') === 'yes') return false;
  // What the rules refuse is refused, not advised on.
  return (await passwordFault(password, [])) === undefined;
}

export function isWeak({ score }: PasswordAdvice): boolean {
  return score <= WEAK;
}
