import { passwordFault } from '../../accounts/password.ts';
import type { Enrol } from '../../enrol/types.ts';
import { SallyportError } from '../../errors.ts';
import { need } from '../body.ts';
import { ownPasswordPage } from '../pages/own-password.ts';
import { type Answer, retryHeader, see, showPage } from '../reply.ts';
import { changed } from './account.ts';
import { OWN_PASSWORD, withNext } from './next.ts';
import type { Deed, Route, Visit } from './route.ts';
import { secondStepFor } from './sign-in.ts';

/** Guessed within some thousand tries, or some hundred million. */
const WEAK = 1;

function sessionOf({ context }: Visit) {
  if (context.session === null) throw new SallyportError('sign-in-required');
  return context.session;
}

/** Asked for a factor before anything is typed, rather than after. */
async function show(enrol: Enrol, visit: Visit): Promise<Answer> {
  const { session, navigation } = visit.context;
  if (session === null) {
    if (!navigation) throw new SallyportError('sign-in-required');
    return see(withNext('/.sallyport/sign-in', OWN_PASSWORD));
  }
  try {
    enrol.needOwnPassword(visit.caller, session);
  } catch (error) {
    if (!(error instanceof SallyportError) || error.code !== 'step-up-required' || !navigation) throw error;
    return see(withNext(secondStepFor(visit), OWN_PASSWORD));
  }
  return showPage(200, ownPasswordPage(visit.frame, { account: session.accountName }));
}

async function weak(enrol: Enrol, deed: Deed, password: string): Promise<boolean> {
  if (deed.form.kind === 'json' || deed.form.get('anyway') === 'yes') return false;
  // What the rules refuse is refused, not advised on.
  if ((await passwordFault(password, [])) !== undefined) return false;
  return (await enrol.adviseOwner(deed.caller, sessionOf(deed), password)).score <= WEAK;
}

async function change(enrol: Enrol, deed: Deed): Promise<Answer> {
  const { form, caller } = deed;
  const session = sessionOf(deed);
  const [current, password] = [need(form, 'current'), need(form, 'password')];
  enrol.needOwnPassword(caller, session);
  const again = form.get('again');
  if (again !== undefined && again !== password) throw new SallyportError('bad-body', 'the two passwords differ');
  if (await weak(enrol, deed, password)) {
    return showPage(200, ownPasswordPage(deed.frame, { account: session.accountName, weak: true }));
  }
  const sessions = await enrol.changePassword(caller, session, { current, password });
  return changed(deed, 'password', { sessions });
}

async function again(deed: Deed, error: SallyportError): Promise<Answer | undefined> {
  if (error.code === 'step-up-required') return see(withNext(secondStepFor(deed), OWN_PASSWORD));
  const { session } = deed.context;
  if (session === null || !['wrong-credentials', 'bad-body', 'too-many-attempts'].includes(error.code))
    return undefined;
  const page = ownPasswordPage(deed.frame, { account: session.accountName, error });
  return showPage(error.status, page, retryHeader(error));
}

/** A person's own password, where it is ours to check. */
export function ownPasswordRoutes(enrol: Enrol): readonly Route[] {
  return [
    {
      path: OWN_PASSWORD,
      get: (visit) => show(enrol, visit),
      post: { fields: ['current', 'password', 'again', 'anyway'], run: (deed) => change(enrol, deed), again },
    },
  ];
}
