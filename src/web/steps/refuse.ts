import { asSallyportError, SallyportError } from '../../errors.ts';
import { Refusal } from '../../gate/gate.ts';
import { unreadPath } from '../../request/target.ts';
import type { Ended } from '../../sessions/ended.ts';
import { answerRefusal } from '../challenge.ts';
import { answerPreflight, elsewhereOf } from '../elsewhere.ts';
import type { AnyExchange, Exchange, UpgradeExchange } from '../exchange.ts';
import { frameIfHtml } from '../frames.ts';
import { refuse, refuseSocket } from '../refuse.ts';
import { clientOf, type ParsedRequest } from '../requests.ts';
import type { StepContext } from './context.ts';
import { markRefused } from './mark.ts';
import { ANSWERED, type Outcome } from './run.ts';

/** Why the session that a cookie names is over. Known from the look-up that found no live one; asks nobody. */
export function endOf(ctx: StepContext, { app, cookies }: ParsedRequest): Ended | null {
  return cookies.session === null ? null : ctx.parts.sessions.endOf(cookies.session, app.id);
}

/** Log and record hear of every refusal. */
export function note(ctx: StepContext, exchange: AnyExchange, error: SallyportError): void {
  const { read, session, request, headers, site } = exchange;
  const source = read?.client.address ?? clientOf(request, headers, site).address;
  const path = read?.target.path ?? unreadPath(request.url ?? '');
  ctx.parts.accessLog.refused(error, { app: read?.app.id, path, source, session });
  ctx.parts.refusals.note({
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
  ctx: StepContext,
  exchange: Exchange,
  what: NonNullable<ReturnType<typeof elsewhereOf>>,
): Promise<Outcome> {
  if (what.kind === 'preflight') answerPreflight(exchange.response, what);
  else {
    exchange.wantBody();
    await ctx.onward.answer(exchange);
  }
  return ANSWERED;
}

/** What the gate refuses is answered: the person is asked for what is missing, or told. */
export function answerVerdict(ctx: StepContext, exchange: Exchange): Outcome | Promise<Outcome> {
  const { verdict, parsed } = exchange;
  if (!(verdict instanceof Refusal)) return undefined;
  const elsewhere = elsewhereOf(exchange, verdict);
  if (elsewhere !== null) return fromElsewhere(ctx, exchange, elsewhere);
  note(ctx, exchange, new SallyportError(verdict.code, verdict.why));
  answerRefusal(exchange, verdict, endOf(ctx, parsed));
  return ANSWERED;
}

/** The same for an upgrade, which is for sessions alone. */
export function answerUpgrade(_ctx: StepContext, { verdict }: UpgradeExchange): Outcome {
  if (verdict instanceof Refusal) throw new SallyportError(verdict.code, verdict.why);
  if (verdict?.kind !== 'session') throw new SallyportError('sign-in-required', 'an upgrade without a session');
  return undefined;
}

/** What went wrong on the way of a request. */
export function refused(ctx: StepContext, exchange: Exchange, thrown: unknown): void {
  const error = asSallyportError(thrown);
  if (error.status >= 500) ctx.parts.failed(error);
  try {
    markRefused(ctx, exchange);
    note(ctx, exchange, error);
    refuse(exchange, error, frameIfHtml(exchange));
  } catch {
    exchange.response.destroy();
  }
}

/** What went wrong on the way of an upgrade. */
export function refusedUpgrade(ctx: StepContext, exchange: UpgradeExchange, thrown: unknown): void {
  const error = asSallyportError(thrown);
  if (error.status >= 500) ctx.parts.failed(error);
  try {
    markRefused(ctx, exchange);
    note(ctx, exchange, error);
    refuseSocket(exchange.socket, error, exchange.mark);
  } catch {
    exchange.socket.destroy();
  }
}
