import type { Login, Offer } from '../../login/types.ts';
import type { Elsewhere } from '../pages/sign-in.ts';
import { ACCOUNT, carryNext } from './next.ts';
import type { PageRequest } from './route.ts';

/** What is open to whoever stands there, and where their passkey works when it is not here. */
export interface SignInChoices {
  readonly offers: readonly Offer[];
  readonly elsewhere: Elsewhere | null;
}

export const ALL: readonly Offer[] = ['passkey', 'totp', 'recovery'];

/** Without passkeys where they work under other host names of the app alone; never none. */
export function hereOf(request: PageRequest, offers: readonly Offer[]): readonly Offer[] {
  if (request.frame.passkeys) return offers;
  const here = offers.filter((offer) => offer !== 'passkey');
  return here.length === 0 ? ALL.filter((offer) => offer !== 'passkey') : here;
}

/** What is open to whoever stands there. */
export async function offersTo(login: Login, request: PageRequest): Promise<readonly Offer[]> {
  const { cookies, session } = request.context;
  return hereOf(request, await login.offers(request.caller, cookies.pending, session));
}

/**
 * The address at which a passkey of one of these domains works: of this app, where it leads to the page that is wanted, else
 * of another app of the realm, whose account page can add what works here.
 */
function addressFor({ context }: PageRequest, domains: readonly string[], next: string): Elsewhere | null {
  const { app, apps } = context;
  const takes = (each: typeof app) => each.relyingParty !== null && domains.includes(each.relyingParty.id);
  if (takes(app)) return { href: `${app.origin}${next}`, address: app.origin, same: true };
  const other = apps.find((each) => each.realm.id === app.realm.id && takes(each));
  if (other === undefined) return null;
  return { href: `${other.origin}${carryNext('/.sallyport/sign-in', ACCOUNT)}`, address: other.origin, same: false };
}

/** `only`: what is wanted is open to passkeys alone, so that whoever has none needs that address too. */
export async function choicesFor(
  login: Login,
  request: PageRequest,
  next: string,
  only = false,
): Promise<SignInChoices> {
  const { app, cookies, session } = request.context;
  const offers = await offersTo(login, request);
  if (offers.includes('passkey')) return { offers, elsewhere: null };
  const own = await login.passkeyDomains(request.caller, cookies.pending, session);
  const here = only && !request.frame.passkeys && app.relyingParty !== null ? [app.relyingParty.id] : [];
  // What works at this address is not elsewhere.
  const domains = [...own, ...here].filter((id) => !(request.frame.passkeys && id === app.relyingParty?.id));
  return { offers, elsewhere: addressFor(request, domains, next) };
}
