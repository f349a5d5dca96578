import { asSallyportError, SallyportError } from '../../errors.ts';
import { Refusal } from '../../gate/gate.ts';
import type { Ended } from '../../sessions/ended.ts';
import { answerRefusal } from '../challenge.ts';
import { answerPreflight, elsewhereOf } from '../elsewhere.ts';
import type { Either, Exchange, UpgradeExchange } from '../exchange.ts';
import { frameIfHtml } from '../frames.ts';
import { refuse, refuseSocket } from '../refuse.ts';
import { clientOf, type Seen } from '../requests.ts';
import type { House } from './house.ts';
import { ANSWERED, type Outcome } from './run.ts';

/** Why the session that a cookie names is over. Known from the look-up that found no live one; asks nobody. */
export function endOf(house: House, { app, cookies }: Seen): Ended | null {
  return cookies.session === null ? null : house.parts.sessions.endOf(cookies.session, app.id);
}

/** Log and record hear of every refusal. */
function note(house: House, exchange: Either, error: SallyportError): void {
  const { read, session, request, headers, site } = exchange;
  // What could not be read is not trusted with its query, which may hold anything.
  const unread = (request.url ?? '').split('?', 1)[0]?.slice(0, 200) ?? '';
  const source = read?.client.address ?? clientOf(request, headers, site).address;
  const path = read?.target.path ?? unread;
  house.parts.accessLog.refused(error, { app: read?.app.id, path, source, session });
  house.parts.refusals.note({
    code: error.code,
    why: error.message,
    appId: read?.app.id ?? null,
    source,
    accountId: session?.accountId ?? null,
    sessionId: session?.id ?? null,
    method: read?.method ?? (request.method ?? '').slice(0, 20),
    path,
  });
}

/** Nothing of what another site sent is forwarded: a form comes again from our own origin, a preflight is a question. */
async function fromElsewhere(
  house: House,
  exchange: Exchange,
  what: NonNullable<ReturnType<typeof elsewhereOf>>,
): Promise<Outcome> {
  if (what.kind === 'preflight') answerPreflight(exchange.response, what);
  else {
    exchange.wantBody();
    await house.onward.answer(exchange);
  }
  return ANSWERED;
}

/** What the gate refuses is answered: the person is asked for what is missing, or told. */
export function answerVerdict(house: House, exchange: Exchange): Outcome | Promise<Outcome> {
  const { verdict, seen } = exchange;
  if (!(verdict instanceof Refusal)) return undefined;
  const elsewhere = elsewhereOf(exchange, verdict);
  if (elsewhere !== null) return fromElsewhere(house, exchange, elsewhere);
  note(house, exchange, new SallyportError(verdict.code, verdict.why));
  answerRefusal(exchange, verdict, endOf(house, seen));
  return ANSWERED;
}

/** The same for an upgrade, which is for sessions alone. */
export function answerUpgrade(_house: House, { verdict }: UpgradeExchange): Outcome {
  if (verdict instanceof Refusal) throw new SallyportError(verdict.code, verdict.why);
  if (verdict?.kind !== 'session') throw new SallyportError('sign-in-required', 'an upgrade without a session');
  return undefined;
}

/** What went wrong on the way of a request. */
export function refused(house: House, exchange: Exchange, thrown: unknown): void {
  const error = asSallyportError(thrown);
  if (error.status >= 500) house.parts.failed(error);
  try {
    note(house, exchange, error);
    refuse(exchange, error, frameIfHtml(exchange));
  } catch {
    exchange.response.destroy();
  }
}

/** What went wrong on the way of an upgrade. */
export function refusedUpgrade(house: House, exchange: UpgradeExchange, thrown: unknown): void {
  const error = asSallyportError(thrown);
  if (error.status >= 500) house.parts.failed(error);
  try {
    note(house, exchange, error);
    refuseSocket(exchange.socket, error);
  } catch {
    exchange.socket.destroy();
  }
}
