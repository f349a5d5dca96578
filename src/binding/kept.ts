import { readPassword } from '../config/files.ts';
import type { BoundLogin, LoginStep } from '../config/login-types.ts';
import { SallyportError } from '../errors.ts';
import type { WholeAnswer } from '../presets/types.ts';
import { takesKept, withKept } from '../request/login/kept.ts';
import type { ReadStep } from '../request/login/step.ts';

/** Characters of the shortest password that is looked for in answers: a shorter one stands in any page by chance. */
const TELLING = 6;

/** What stands in the page's field, so that its form can be sent; what is typed there is not sent on. */
export const STAND_IN = 'kept-here';

/** The password field of the app's page whose password is kept here; null: none. */
export function keptField({ one, steps }: BoundLogin): string | null {
  if (one === null || one.passwordFile === null) return null;
  return steps.find((step) => step.type === 'form' && takesKept(step))?.secret[0] ?? null;
}

/** A step on its way with the password that is kept here, where one is. */
export interface WithKept {
  readonly read: ReadStep;
  /** null: what was typed is sent. */
  readonly password: string | null;
}

/** Read anew for each sign-in, so that it can be replaced. Rejects with `upstream-unreachable` when it cannot be read. */
export async function keptFor(login: BoundLogin, step: LoginStep, read: ReadStep): Promise<WithKept> {
  const file = login.one?.passwordFile ?? null;
  if (file === null || !takesKept(step)) return { read, password: null };
  const found = await readPassword(file);
  if ('fault' in found) throw new SallyportError('upstream-unreachable', `the password of the app: ${found.fault}`);
  return { read: withKept(step, read, found.password), password: found.password };
}

/** Whether an answer says the password, as it is or as addresses have it: nobody is to learn it from the app. */
export function tellsKept({ headers, body }: WholeAnswer, password: string | null): boolean {
  if (password === null || password.length < TELLING) return false;
  const escaped = encodeURIComponent(password);
  const head = headers.lines().join('\n');
  return [password, escaped, escaped.replaceAll('%20', '+')].some((each) => body.includes(each) || head.includes(each));
}
