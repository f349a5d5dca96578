import { SallyportError } from '../../errors.ts';
import { Admission } from '../../gate/admission.ts';
import { soon } from '../../lib/soon.ts';
import { forward } from '../../proxy/forward.ts';
import type { Opening } from '../../sessions/openings.ts';
import { answerStep, exchangeContextOf, stepContextOf } from '../bound.ts';
import type { AnyExchange, Exchange, UpgradeExchange } from '../exchange.ts';
import type { Live } from '../parts.ts';
import type { StepContext } from './context.ts';
import { enter } from './enter.ts';
import { refused } from './refuse.ts';
import { ANSWERED, type Outcome } from './run.ts';

/** A request that may be a sign-in at the app: its answer is judged before anybody sees it. */
export function step(ctx: StepContext, exchange: Exchange): Outcome | Promise<Outcome> {
  return Admission.is(exchange.admission, 'step') ? attempt(ctx, exchange, exchange.admission) : undefined;
}

/** A step takes as long as its body and the app do: it is registered like a stream, and asks before it goes on. */
class StepStanding {
  readonly #ctx: StepContext;
  readonly #live: Live;
  readonly #admission: Admission<'step'>;
  readonly #opening: Opening;
  #cut = false;

  constructor(ctx: StepContext, { live }: Exchange, admission: Admission<'step'>) {
    const { session } = admission;
    this.#ctx = ctx;
    this.#live = live;
    this.#admission = admission;
    this.#opening = (session ?? ctx.openings).onEnd(() => {
      this.#cut = true;
    }, admission);
    if (session === null) return;
    ctx.parts.sessions.touch(session);
    ctx.parts.sessions.watch(session);
  }

  readonly need = (): void => {
    if (this.#cut) throw new SallyportError('forbidden', 'not admitted any more');
    needStanding(this.#ctx, this.#live, this.#admission);
  };

  over(): void {
    this.#opening.leave();
  }
}

async function attempt(ctx: StepContext, exchange: Exchange, admission: Admission<'step'>): Promise<Outcome> {
  exchange.wantBody();
  exchange.line?.sent(admission.requestId);
  const standing = new StepStanding(ctx, exchange, admission);
  try {
    const result = await ctx.parts.binding.step(admission, stepContextOf(exchange, standing.need));
    if (exchange.gone) return ANSWERED;
    if (result.kind !== 'plain') {
      standing.need();
      answerStep(exchange, result);
      return ANSWERED;
    }
    exchange.verdict = result.admission;
    exchange.passage = result.passage;
    return undefined;
  } finally {
    standing.over();
  }
}

/** An answer of the app that waited for the second factor: for this very request, once. */
export function held(ctx: StepContext, exchange: Exchange): Outcome | Promise<Outcome> {
  const admission = exchange.streamed;
  if (admission.app.login.kind !== 'bound' || exchange.passage !== undefined) return undefined;
  if (!Admission.is(admission, 'session')) return undefined;
  return soon(ctx.parts.binding.release(admission, exchangeContextOf(exchange)), (released) => {
    if (released === null || released.kind === 'plain') return undefined;
    needStanding(ctx, exchange.live, admission);
    if (!exchange.gone) answerStep(exchange, released);
    return ANSWERED;
  });
}

/** What crosses besides, for an app whose own login is bound: its cookies, and whose they are. */
export function cross(ctx: StepContext, exchange: AnyExchange): Outcome | Promise<Outcome> {
  if (exchange.streamed.app.login.kind !== 'bound' || exchange.passage !== undefined) return undefined;
  return soon(ctx.parts.binding.passage(exchange.streamed, exchangeContextOf(exchange)), (passage) => {
    exchange.passage = passage;
    return undefined;
  });
}

/** Rules, account or session may have changed while it was judged: then it is judged by what holds now. */
function needStanding(ctx: StepContext, live: Live, admission: Admission): void {
  const { session } = admission;
  const current = session?.current;
  if ((current !== session || live !== ctx.parts.live()) && !ctx.parts.standing(current, admission))
    throw new SallyportError('forbidden', 'not admitted any more');
}

/** It would still be admitted. */
export function stand(ctx: StepContext, { streamed, live }: AnyExchange): Outcome {
  const { session } = streamed;
  needStanding(ctx, live, streamed);
  if (session === null) return undefined;
  ctx.parts.sessions.touch(session);
  ctx.parts.sessions.watch(session);
  return undefined;
}

/** The one place where a request leaves the building; at the console it stays. */
export function leave(ctx: StepContext, exchange: Exchange): Outcome {
  const { inside } = ctx.parts;
  if (inside !== null) return enter(ctx, exchange, inside);
  const { streamed, passage, response, live } = exchange;
  exchange.wantBody();
  exchange.line?.sent(streamed.requestId);
  forward(streamed, response, live.forwarding, {
    openings: ctx.openings,
    ...(passage === undefined ? {} : { passage }),
    again: () => {
      const id = ctx.parts.ids.next();
      exchange.line?.sent(id);
      return id;
    },
    fail: (error) => refused(ctx, exchange, error),
  });
  return ANSWERED;
}

/** And the one for upgrades, of which the console has none. */
export function leaveUpgrade(ctx: StepContext, exchange: UpgradeExchange): Outcome {
  if (ctx.parts.inside !== null) throw new SallyportError('not-found', 'an upgrade at the console');
  const { streamed, passage, socket, ahead, live } = exchange;
  if (!Admission.is(streamed, 'session') || streamed.session === null)
    throw new SallyportError('sign-in-required', 'an upgrade without a session');
  ctx.parts.accessLog.upgraded(streamed, streamed.session);
  live.upgrader.forwardUpgrade(streamed, socket, ahead, passage);
  return ANSWERED;
}
