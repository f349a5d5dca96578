import { SallyportError } from '../errors.ts';
import type { Admission } from '../gate/admission.ts';
import type { Gate } from '../gate/gate.ts';
import type { Clock } from '../lib/clock.ts';
import type { Who } from '../presets/types.ts';
import { whoIs } from '../presets/whoami.ts';
import { exchange } from '../proxy/exchange.ts';
import type { Passage } from '../proxy/passage.ts';
import { readAhead } from './ahead.ts';
import { boundLogin } from './jars.ts';
import { originEdit } from './origins.ts';
import type { ExchangeContext } from './types.ts';

/** What the app is asked, by what request of whose. */
export interface Question {
  readonly admission: Admission;
  readonly context: ExchangeContext;
  /** What the account is called at the app; empty when that is not known. */
  readonly nameAtApp: string;
}

/** Cookies to ask with, and where what the answer sets goes. */
export interface ProbeCookies {
  cookieFor(target: string): string | null;
  receive(target: string, setCookies: readonly string[]): void;
}

/** Fields that would make the app answer another question. */
const WITHOUT: ReadonlySet<string> = new Set(['accept', 'xrequestedwith', 'origin', 'referer']);

/**
 * Asks the app who is signed in with these cookies. `unclear` when the answer says neither; rejects with `upstream-*` when
 * there is none. The app's word is the account: nothing that a browser sent is in the question.
 */
export async function askWho(
  parts: { readonly gate: Gate; readonly clock: Clock },
  { admission, context, nameAtApp }: Question,
  cookies: ProbeCookies,
): Promise<Who> {
  const { app } = admission;
  const login = boundLogin(app);
  const ask = login.whoami?.ask;
  if (ask == null) throw new SallyportError('internal', 'no way to ask the app');
  const probe = parts.gate.probe(admission, nameAtApp);
  const setCookies: string[] = [];
  const edit = originEdit(app, login, context.origin);
  const passage: Passage = {
    outbound: () => cookies.cookieFor(probe.target),
    inbound: (setCookie) => {
      setCookies.push(setCookie);
      return null;
    },
    authorization: () => null,
    without: WITHOUT,
    more: [['Accept', ask.accept ?? 'text/html,application/json;q=0.9,*/*;q=0.8']],
    ...(edit === undefined ? {} : { origin: edit }),
  };
  const answer = await exchange(probe, context.upstreams, passage, null);
  cookies.receive(probe.target, [...setCookies, ...answer.headers.all('set-cookie')]);
  await readAhead(login, answer.body);
  return whoIs(login, answer, parts.clock.now());
}
