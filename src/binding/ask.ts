import { SallyportError } from '../errors.ts';
import type { Admission } from '../gate/admission.ts';
import type { Who } from '../presets/types.ts';
import { whoIs } from '../presets/whoami.ts';
import { exchange } from '../proxy/exchange.ts';
import { pathOf } from '../request/target.ts';
import { readAhead } from './ahead.ts';
import type { BindingContext } from './context.ts';
import { boundLogin } from './jars.ts';
import { type OwnCookies, questionPassage } from './passages.ts';
import type { ExchangeContext } from './types.ts';

/** What the app is asked, by what request of whose. */
export interface Question {
  readonly admission: Admission;
  readonly context: ExchangeContext;
  /** What the account is called at the app; empty when that is not known. */
  readonly nameAtApp: string;
}

/**
 * Asks the app who is signed in with these cookies. `unclear` when the answer says neither; rejects with `upstream-*` when
 * there is none. The app's word is the account: nothing that a browser sent is in the question.
 */
export async function askWho(
  parts: Pick<BindingContext, 'gate' | 'clock' | 'asked'>,
  { admission, context, nameAtApp }: Question,
  cookies: OwnCookies,
): Promise<Who> {
  const { app } = admission;
  const login = boundLogin(app);
  if (login.whoami?.ask == null) throw new SallyportError('internal', 'no way to ask the app');
  const probe = parts.gate.probe(admission, nameAtApp);
  const { method, target, requestId: id } = probe;
  parts.asked({ app: app.id, method, path: pathOf(target), id });
  const setCookies: string[] = [];
  const gathered = {
    cookieFor: (target: string) => cookies.cookieFor(target),
    receive: (_: string, more: readonly string[]) => void setCookies.push(...more),
  };
  const passage = questionPassage({ login, target: probe.target }, gathered);
  const answer = await exchange(probe, context.upstreams, passage, null);
  cookies.receive(probe.target, [...setCookies, ...answer.headers.all('set-cookie')]);
  await readAhead(login, answer.body);
  return whoIs(login, answer, parts.clock.now());
}
