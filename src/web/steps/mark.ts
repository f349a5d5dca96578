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

/** Once it is admitted, its answer may be the app's. */
export function unmark(exchange: AnyExchange): void {
  exchange.mark = null;
  if (!exchange.upgrade) exchange.response.removeHeader(CANARY);
}

/** What was refused before it was known for the canary's, such as for its head, is marked after all. */
export function markRefused(ctx: StepContext, exchange: AnyExchange): void {
  const { verdict } = exchange;
  if (verdict === undefined || verdict instanceof Refusal) mark(ctx, exchange);
}
