import type { Enrol } from '../../enrol/types.ts';
import { SallyportError } from '../../errors.ts';
import { need } from '../body.ts';
import { ownPasswordPage } from '../pages/own-password.ts';
import { type Answer, retryHeader, see, showPage } from '../reply.ts';
import { changed } from './account.ts';
import { isWeak, newPassword, wantsAdvice } from './new-password.ts';
import { OWN_PASSWORD, withNext } from './next.ts';
import { type FormPost, type PageRequest, type Route, sessionOf } from './route.ts';
import { secondStepFor } from './sign-in.ts';

/** Asked for a factor before anything is typed, rather than after. */
async function show(enrol: Enrol, request: PageRequest): Promise<Answer> {
  const { session, navigation } = request.context;
  if (session === null) {
    if (!navigation) throw new SallyportError('sign-in-required');
    return see(withNext('/.sallyport/sign-in', OWN_PASSWORD));
  }
  try {
    enrol.needOwnPassword(request.caller, session);
  } catch (error) {
    if (!(error instanceof SallyportError) || error.code !== 'step-up-required' || !navigation) throw error;
    return see(withNext(secondStepFor(request), OWN_PASSWORD));
  }
  return showPage(200, ownPasswordPage(request.frame, { account: session.accountName }));
}

async function change(enrol: Enrol, post: FormPost): Promise<Answer> {
  const { form, caller } = post;
  const session = sessionOf(post);
  for (const field of ['current', 'password']) need(form, field);
  enrol.needOwnPassword(caller, session);
  const password = newPassword(form);
  if ((await wantsAdvice(form, password)) && isWeak(await enrol.adviseOwner(caller, session, password)))
    return showPage(200, ownPasswordPage(post.frame, { account: session.accountName, weak: true }));
  const sessions = await enrol.changePassword(caller, session, { current: need(form, 'current'), password });
  return changed(post, 'password', { sessions });
}

async function again(post: FormPost, error: SallyportError): Promise<Answer | undefined> {
  if (error.code === 'step-up-required') return see(withNext(secondStepFor(post), OWN_PASSWORD));
  const { session } = post.context;
  if (session === null || !['wrong-credentials', 'bad-body', 'too-many-attempts'].includes(error.code))
    return undefined;
  const page = ownPasswordPage(post.frame, { account: session.accountName, error });
  return showPage(error.status, page, retryHeader(error));
}

/** A person's own password, where it is ours to check. */
export function ownPasswordRoutes(enrol: Enrol): readonly Route[] {
  return [
    {
      path: OWN_PASSWORD,
      from: 'own-network',
      get: (request) => show(enrol, request),
      post: { fields: ['current', 'password', 'again', 'anyway'], run: (post) => change(enrol, post), again },
    },
  ];
}
