import { SallyportError } from '../../errors.ts';
import type { Ceremony, Login } from '../../login/types.ts';
import type { Form } from '../body.ts';
import { CONFIRMING, SIGNING_IN, STARTING } from '../pages/ceremony.ts';
import type { Deed } from './route.ts';

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
async function guessed(login: Login, deed: Deed): Promise<Ceremony> {
  const { cookies, session } = deed.context;
  const { pending } = cookies;
  if ((await login.waiting(deed.caller, pending)) !== null) return { purpose: 'second', pending };
  if (session === null) return { purpose: 'start', cookie: cookies.ceremony, over: pending };
  return { purpose: 'step-up', session, over: pending };
}

/**
 * What a ceremony is for. Held to what its page says: who began as somebody goes on as nobody else, and a confirmation opens
 * nothing. `overtaken`: another tab of this browser was quicker to sign in. Throws `bad-body`, `sign-in-required`.
 */
export async function ceremonyOf(login: Login, deed: Deed): Promise<Ceremony | 'overtaken'> {
  const { cookies, session } = deed.context;
  switch (purposeOf(deed.form)) {
    case undefined:
      return guessed(login, deed);
    case STARTING:
      return { purpose: 'start', cookie: cookies.ceremony };
    case SIGNING_IN:
      if (session !== null && (await login.waiting(deed.caller, cookies.pending)) === null) return 'overtaken';
      return { purpose: 'second', pending: cookies.pending };
    case CONFIRMING:
      if (session === null) throw new SallyportError('sign-in-required');
      return { purpose: 'step-up', session };
    default:
      throw new SallyportError('bad-body', 'an unknown purpose');
  }
}
