import { beginningOf, cleanHead } from '../../request/clean.ts';
import { answeredEarly } from '../early.ts';
import type { AnyExchange, Exchange } from '../exchange.ts';
import { endAfterOffer } from '../listener.ts';
import { readRequest } from '../requests.ts';
import type { StepContext } from './context.ts';
import { ANSWERED, type Outcome } from './run.ts';

/** Cleans the head, once; nobody sees another. */
export function clean(exchange: AnyExchange): Outcome {
  if (!exchange.upgrade) endAfterOffer(exchange.request, exchange.response);
  try {
    exchange.headers = cleanHead(exchange.request);
  } catch (error) {
    exchange.headers = beginningOf(exchange.request);
    throw error;
  }
  return undefined;
}

/** Answers what concerns this server alone, for which no host is looked up. */
export function probe(ctx: StepContext, exchange: Exchange): Outcome {
  return answeredEarly(exchange, ctx.healthy) ? ANSWERED : undefined;
}

/** Reads host, method, client, target and our cookies, each once, or refuses. */
export function read(exchange: AnyExchange): Outcome {
  const parsed = readRequest(exchange.request, exchange.headers, exchange.site);
  exchange.read = parsed;
  if (!exchange.upgrade) exchange.line?.about(parsed.app.id, parsed.target.path, parsed.client.address);
  return undefined;
}
