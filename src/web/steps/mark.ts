import { CANARY } from '../../assertions/canary-marks.ts';
import { Refusal } from '../../gate/gate.ts';
import type { AnyExchange } from '../exchange.ts';
import type { StepContext } from './context.ts';
import type { Outcome } from './run.ts';

/**
 * A request of our own canary gets its mark, by which it knows the answer for ours (docs/decisions/0053). What is admitted loses it, so
 * that no answer of an app's can carry one. It plays no part in what is decided.
 */
export function mark(ctx: StepContext, exchange: AnyExchange): Outcome {
  const tokens = exchange.headers.all(CANARY.toLowerCase());
  const [token] = tokens;
  if (token === undefined || tokens.length > 1) return undefined;
  exchange.mark = ctx.parts.marks.answer(token, ctx.parts.clock.now());
  if (exchange.mark !== null && !exchange.upgrade) exchange.response.setHeader(CANARY, exchange.mark);
  return undefined;
}

/**
 * Once it is admitted, its answer may be the app's. That a request of the canary was is put on record before it leaves, since what stands in
 * front of us may answer it with a page of its own.
 */
export function unmark({ parts }: StepContext, exchange: AnyExchange): Promise<undefined> | undefined {
  if (exchange.mark === null) return undefined;
  exchange.mark = null;
  if (!exchange.upgrade) exchange.response.removeHeader(CANARY);
  const { app, method, target } = exchange.parsed;
  const [token = ''] = exchange.headers.all(CANARY.toLowerCase());
  return parts.letThrough(token, app.id, `${method} ${target.path}`).then(() => undefined);
}

/** What was refused before it was known for the canary's, such as for its head, is marked after all. */
export function markRefused(ctx: StepContext, exchange: AnyExchange): void {
  const { verdict } = exchange;
  if (verdict === undefined || verdict instanceof Refusal) mark(ctx, exchange);
}
