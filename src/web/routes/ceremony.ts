import { SallyportError } from '../../errors.ts';
import type { Ceremony, Login } from '../../login/types.ts';
import type { Form } from '../body.ts';
import { CONFIRMING, SIGNING_IN, STARTING } from '../pages/ceremony.ts';
import type { FormPost } from './route.ts';

/** What the page says that its passkey is for; undefined when it does not say, as programs may. */
function purposeOf(form: Form): string | undefined {
  return form.get('purpose') ?? (form.get('start') === 'yes' ? STARTING : undefined);
}

/** Whether what is said is anything that a passkey can be for. */
export function isKnown(form: Form): boolean {
  const purpose = purposeOf(form);
  return purpose === undefined || [STARTING, SIGNING_IN, CONFIRMING].includes(purpose);
}

/**
 * For who does not say: a sign-in that waits comes first, then the session that is open; with neither, whoever's passkey
 * answers. What the browser still carries goes with it, so that an answer to that one's challenge is known to be late.
 */
async function guessed(login: Login, post: FormPost): Promise<Ceremony> {
  const { cookies, session } = post.context;
  const { pending } = cookies;
  if ((await login.waiting(post.caller, pending)) !== null) return { purpose: 'second', pending };
  if (session === null) return { purpose: 'start', cookie: cookies.ceremony, over: pending };
  return { purpose: 'step-up', session, over: pending };
}

/**
 * What a ceremony is for. Held to what its page says: who began as somebody goes on as nobody else, and a confirmation opens
 * nothing. `overtaken`: another tab of this browser was quicker to sign in. Throws `bad-body`, `sign-in-required`.
 */
export async function ceremonyOf(login: Login, post: FormPost): Promise<Ceremony | 'overtaken'> {
  const { cookies, session } = post.context;
  switch (purposeOf(post.form)) {
    case undefined:
      return guessed(login, post);
    case STARTING:
      return { purpose: 'start', cookie: cookies.ceremony };
    case SIGNING_IN:
      if (session !== null && (await login.waiting(post.caller, cookies.pending)) === null) return 'overtaken';
      return { purpose: 'second', pending: cookies.pending };
    case CONFIRMING:
      if (session === null) throw new SallyportError('sign-in-required');
      return { purpose: 'step-up', session };
    default:
      throw new SallyportError('bad-body', 'an unknown purpose');
  }
}
