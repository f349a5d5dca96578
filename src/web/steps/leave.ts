import { SallyportError } from '../../errors.ts';
import { Admission } from '../../gate/admission.ts';
import { soon } from '../../lib/soon.ts';
import { forward } from '../../proxy/forward.ts';
import { answerStep, surroundingsOf } from '../bound.ts';
import type { Either, Exchange, UpgradeExchange } from '../exchange.ts';
import type { House } from './house.ts';
import { refused } from './refuse.ts';
import { ANSWERED, type Outcome } from './run.ts';

/** A request that may be a sign-in at the app: its answer is judged before anybody sees it. */
export function step(house: House, exchange: Exchange): Outcome | Promise<Outcome> {
  return Admission.is(exchange.admission, 'step') ? attempt(house, exchange, exchange.admission) : undefined;
}

async function attempt(house: House, exchange: Exchange, admission: Admission<'step'>): Promise<Outcome> {
  exchange.wantBody();
  if (admission.session !== null) house.parts.sessions.touch(admission.session);
  const result = await house.parts.binding.step(admission, surroundingsOf(exchange));
  if (exchange.gone) return ANSWERED;
  if (result.kind !== 'plain') {
    answerStep(exchange, result);
    return ANSWERED;
  }
  exchange.verdict = result.admission;
  exchange.passage = result.passage;
  return undefined;
}

/** An answer of the app that waited for the second factor: for this very request, once. */
export function held(house: House, exchange: Exchange): Outcome | Promise<Outcome> {
  const admission = exchange.streamed;
  if (admission.app.login.kind !== 'bound' || exchange.passage !== undefined) return undefined;
  if (!Admission.is(admission, 'session')) return undefined;
  return soon(house.parts.binding.release(admission, surroundingsOf(exchange)), (released) => {
    if (released === null || released.kind === 'plain') return undefined;
    if (!exchange.gone) answerStep(exchange, released);
    return ANSWERED;
  });
}

/** What crosses besides, for an app whose own login is bound: its cookies, and whose they are. */
export function cross(house: House, exchange: Either): Outcome | Promise<Outcome> {
  if (exchange.streamed.app.login.kind !== 'bound' || exchange.passage !== undefined) return undefined;
  return soon(house.parts.binding.passage(exchange.streamed, surroundingsOf(exchange)), (passage) => {
    exchange.passage = passage;
    return undefined;
  });
}

/** Rules, account or session may have changed while it was judged: then it is judged by what holds now. */
export function stand(house: House, { streamed, live }: Either): Outcome {
  const { session } = streamed;
  const current = session?.current;
  if ((current !== session || live !== house.parts.live()) && !house.parts.standing(current, streamed))
    throw new SallyportError('forbidden', 'not admitted any more');
  if (session === null) return undefined;
  house.parts.sessions.touch(session);
  house.parts.sessions.watch(session);
  return undefined;
}

/** The one place where a request leaves the building. */
export function leave(house: House, exchange: Exchange): Outcome {
  const { streamed, passage, response, live } = exchange;
  exchange.wantBody();
  forward(streamed, response, live.forwarding, {
    openings: house.openings,
    ...(passage === undefined ? {} : { passage }),
    fail: (error) => refused(house, exchange, error),
  });
  return ANSWERED;
}

/** And the one for upgrades. */
export function leaveUpgrade(house: House, exchange: UpgradeExchange): Outcome {
  const { streamed, passage, socket, ahead, live, seen } = exchange;
  if (!Admission.is(streamed, 'session') || streamed.session === null)
    throw new SallyportError('sign-in-required', 'an upgrade without a session');
  house.parts.accessLog.upgraded(seen.app.id, seen.target.path, seen.client.address, streamed.session);
  live.upgrader.forwardUpgrade(streamed, socket, ahead, passage);
  return ANSWERED;
}
