import { beginningOf, cleanHead } from '../../request/clean.ts';
import { answeredEarly } from '../early.ts';
import type { Either, Exchange } from '../exchange.ts';
import { endAfterOffer } from '../listener.ts';
import { readRequest } from '../requests.ts';
import type { House } from './house.ts';
import { ANSWERED, type Outcome } from './run.ts';

/** Cleans the head, once; nobody sees another. */
export function clean(exchange: Either): Outcome {
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
export function probe(house: House, { request, response, site }: Exchange): Outcome {
  return answeredEarly(request, response, site, house.healthy) ? ANSWERED : undefined;
}

/** Reads host, method, client, target and our cookies, each once, or refuses. */
export function read(exchange: Either): Outcome {
  const seen = readRequest(exchange.request, exchange.headers, exchange.site);
  exchange.read = seen;
  if (!exchange.upgrade) exchange.line?.about(seen.app.id, seen.target.path, seen.client.address);
  return undefined;
}
