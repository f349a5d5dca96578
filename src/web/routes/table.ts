import type { Enrol } from '../../enrol/types.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Session } from '../../sessions/session.ts';
import type { AdoptingLogin } from '../adopt.ts';
import type { OrganisationLooks } from '../looks.ts';
import { accountRoutes } from './account.ts';
import { enrolRoutes } from './enrol.ts';
import { languageRoutes } from './language.ts';
import { ownPasswordRoutes } from './own-password.ts';
import { passkeyRoutes } from './passkey.ts';
import { publicRoutes } from './public.ts';
import { recoveredRoutes } from './recovered.ts';
import type { Route } from './route.ts';
import { sessionRoutes } from './session.ts';
import { signInRoutes } from './sign-in.ts';

export interface RouteParts {
  readonly login: AdoptingLogin;
  readonly enrol: Enrol;
  readonly clock: Clock;
  /** What people see of their organisation. */
  readonly looks: OrganisationLooks;
  /** The public keys, ready to send. */
  readonly jwks: () => { body: string };
  /** The person of a session said that they are still there. */
  readonly touch: (session: Session) => void;
}

/** Every address of ours that is answered by the own app. */
export function ownRoutes({ login, enrol, clock, looks, jwks, touch }: RouteParts): readonly Route[] {
  return [
    ...publicRoutes(jwks, looks),
    ...languageRoutes(),
    ...signInRoutes(login, enrol),
    ...passkeyRoutes(login),
    ...enrolRoutes({ enrol, login, clock, looks }),
    ...accountRoutes(enrol, login, clock),
    ...ownPasswordRoutes(enrol),
    ...recoveredRoutes(enrol),
    ...sessionRoutes(touch),
  ];
}
