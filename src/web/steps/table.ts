import type { Exchange, UpgradeExchange } from '../exchange.ts';
import { clean, probe, read } from './arrive.ts';
import type { StepContext } from './context.ts';
import { program, witness } from './enter.ts';
import { judge, own, publish, session, trust } from './judge.ts';
import { cross, held, leave, leaveUpgrade, stand, step } from './leave.ts';
import { mark } from './mark.ts';
import { answerUpgrade, answerVerdict, refused, refusedUpgrade } from './refuse.ts';
import type { Outcome, Pipeline } from './run.ts';

type Column<X> = ((ctx: StepContext, exchange: X) => Outcome | Promise<Outcome>) | null;

/** One step of the way of a request, and of the way of an upgrade; null: it has none such. */
export interface Step {
  readonly name: string;
  /** What is done, in a few words. */
  readonly does: string;
  /** The file where it is done. */
  readonly at: string;
  readonly request: Column<Exchange>;
  readonly upgrade: Column<UpgradeExchange>;
}

const both = <X>(act: (ctx: StepContext, exchange: X) => Outcome | Promise<Outcome>) => ({
  request: act,
  upgrade: act,
});

/**
 * The way of a request through the house, in its order. What is not answered or refused at one step goes on to the next; an error
 * at any of them refuses.
 */
export const STEPS: readonly Step[] = [
  {
    name: 'clean',
    does: 'the head is cleaned, once: nobody sees another',
    at: 'request/clean.ts',
    request: (_ctx, exchange) => clean(exchange),
    upgrade: (_ctx, exchange) => clean(exchange),
  },
  {
    name: 'mark',
    does: 'an answer of ours to our own canary is signed, unless the request is admitted',
    at: 'web/steps/mark.ts, assertions/canary-marks.ts',
    ...both(mark),
  },
  { name: 'probe', does: 'health from this machine, and OPTIONS *', at: 'web/early.ts', request: probe, upgrade: null },
  {
    name: 'read',
    does: 'host, method, client, target and our cookies, or a refusal',
    at: 'web/requests.ts, request/',
    request: (_ctx, exchange) => read(exchange),
    upgrade: (_ctx, exchange) => read(exchange),
  },
  { name: 'trust', does: 'clock, store, keys and feed are in order', at: 'web/steps/judge.ts', ...both(trust) },
  {
    name: 'program',
    does: 'at the console: a program, which shows a token and no session',
    at: 'web/steps/enter.ts, web/console/',
    request: program,
    upgrade: null,
  },
  {
    name: 'witness',
    does: 'at the console: a log that wants a head cosigned',
    at: 'web/steps/enter.ts, web/console/witness.ts',
    request: witness,
    upgrade: null,
  },
  { name: 'session', does: 'whose cookie it is', at: 'sessions/map.ts', ...both(session) },
  {
    name: 'publish',
    does: 'which origins may use the passkeys of this host',
    at: 'web/early.ts',
    request: (_ctx, exchange) => publish(exchange),
    upgrade: null,
  },
  { name: 'own', does: 'our own pages, under /.sallyport/', at: 'web/own.ts', request: own, upgrade: null },
  { name: 'judge', does: 'the decision, and its mint', at: 'gate/decide.ts, gate/gate.ts', ...both(judge) },
  {
    name: 'refuse',
    does: 'what the gate refuses is told, and what is missing is asked for',
    at: 'web/challenge.ts',
    request: answerVerdict,
    upgrade: answerUpgrade,
  },
  {
    name: 'step',
    does: 'what may be a sign-in at the app is judged whole',
    at: 'binding/binding.ts',
    request: step,
    upgrade: null,
  },
  {
    name: 'held',
    does: 'an answer that waited for the factor',
    at: 'binding/binding.ts',
    request: held,
    upgrade: null,
  },
  { name: 'cross', does: 'the jar of an app whose login is bound', at: 'binding/session-passage.ts', ...both(cross) },
  { name: 'stand', does: 'it would still be admitted', at: 'web/standing.ts', ...both(stand) },
  {
    name: 'leave',
    does: 'to the app; at the console, to its pages',
    at: 'proxy/forward.ts, proxy/upgrade.ts, web/console/console.ts',
    request: leave,
    upgrade: leaveUpgrade,
  },
];

function column<X>(ctx: StepContext, acts: readonly Column<X>[]): Pipeline<X>['acts'] {
  return acts.flatMap((act) => (act === null ? [] : [(exchange: X) => act(ctx, exchange)]));
}

/** The way of requests. */
export function requestPipeline(ctx: StepContext): Pipeline<Exchange> {
  const acts = column(
    ctx,
    STEPS.map(({ request }) => request),
  );
  return { acts, refused: (exchange, thrown) => refused(ctx, exchange, thrown) };
}

/** The way of upgrades. */
export function upgradePipeline(ctx: StepContext): Pipeline<UpgradeExchange> {
  const acts = column(
    ctx,
    STEPS.map(({ upgrade }) => upgrade),
  );
  return { acts, refused: (exchange, thrown) => refusedUpgrade(ctx, exchange, thrown) };
}
