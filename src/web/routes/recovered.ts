import type { Enrol } from '../../enrol/types.ts';
import { recoveredPage } from '../pages/recovered.ts';
import { see, showPage } from '../reply.ts';
import { withNext } from './next.ts';
import type { Route } from './route.ts';
import { askedNext, RECOVERED, START } from './sign-in.ts';

/** Where a person stands who has just used a recovery code: how many are left, and what to do about it. */
export function recoveredRoutes(enrol: Enrol): readonly Route[] {
  return [
    {
      path: RECOVERED,
      from: 'own-network',
      get: async (request) => {
        const { session } = request.context;
        const next = askedNext(request);
        if (session === null) return see(withNext(START, next));
        return showPage(200, recoveredPage(request.frame, { left: await enrol.recoveryLeft(session), next }));
      },
    },
  ];
}
