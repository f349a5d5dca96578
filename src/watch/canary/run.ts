import type { CanaryMarks } from '../../assertions/canary-marks.ts';
import type { AppConfig, Config } from '../../config/types.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Random } from '../../lib/random.ts';
import type { Store } from '../../store/types.ts';
import { answersIn, printable } from './answers.ts';
import { send } from './ask.ts';
import { type AskParts, askApp } from './ask-app.ts';
import { corpusFor } from './corpus.ts';
import { Front } from './front.ts';
import { isOurs, judge, OUT_OF_REACH } from './judge.ts';
import { letThroughIn } from './let-through.ts';
import { Tally } from './tally.ts';
import type { CanaryReport, Probe, ProbeClass, Verdict } from './types.ts';
import { cookieNames, type Guise, guises, type VisitorParts } from './visitors.ts';

export interface CanaryParts extends AskParts, VisitorParts {
  readonly marks: CanaryMarks;
  readonly clock: Clock;
  readonly random: Random;
  /** The record, in which every node says what it has let through. */
  readonly store: Pick<Store, 'views'>;
  /** Ends the run early; what was not tried is unclear. */
  readonly signal?: AbortSignal;
  /** Kinds that are tried; left out: all. */
  readonly only?: readonly ProbeClass[];
}

const AT_ONCE = 4;

/** Kinds that are tried as every visitor; all others as nobody alone. */
const BY_ALL: ReadonlySet<Probe['class']> = new Set([
  ...(['plain', 'dot-segments', 'reserved-prefix', 'method', 'upgrade', 'query'] as const),
]);

/** The bytes of a request, as this visitor sends it, with its token. */
export function bytesOf({ line, fields, body }: Probe, { cookie }: Pick<Guise, 'cookie'>, token: string): string {
  const lines = [line, ...fields, ...(cookie === null ? [] : [`Cookie: ${cookie}`])];
  return `${lines.join('\r\n')}\r\n\r\n${body}`.replaceAll('{token}', token);
}

function exceptionsOf({ exemptions, login }: AppConfig, now: number): string[] {
  const exempt = exemptions.filter(({ expiresAt }) => expiresAt > now).map(({ method, path }) => `${method} ${path}`);
  const first = login.kind === 'bound' && login.order === 'login-first';
  return [...exempt, ...(first ? [`the pages before the sign-in of ${login.preset}, from ${login.entry}`] : [])];
}

const reason = (error: unknown): string =>
  printable(error instanceof Error && error.message !== '' ? error.message : 'no connection');

/** What is said of an answer at the origin that does not show that it is ours. */
function whoElse(app: AppConfig, text: string, fronted: boolean): string {
  const [answer] = answersIn(text, false);
  if (answer === undefined) return `no answer at ${app.origin}`;
  if (!fronted) return `something else answers at ${app.origin}: ${answer.line}`;
  if (OUT_OF_REACH.has(answer.status))
    return `what stands in front at ${app.origin} does not reach us: ${answer.line}: see where it hands on to`;
  return `something else answers at ${app.origin}: ${answer.line}: or what stands in front puts an answer of its own in place of ours, or takes the header Sallyport-Canary away`;
}

/** Whether what answers at the origin is this Sallyport: else nothing can be said. Why not; null: it is. */
async function whyUnreachable(app: AppConfig, parts: CanaryParts, fronted: boolean): Promise<string | null> {
  const token = parts.marks.token(parts.clock.now(), parts.random);
  const mark = parts.marks.mark(token);
  const fields = ['Sallyport-Canary: {token}', `Host: ${new URL(app.origin).host}`, 'Connection: close'];
  const probe: Probe = { class: 'plain', method: 'GET', line: 'GET /.sallyport/session HTTP/1.1', fields, body: '' };
  try {
    const { text } = await send(app.origin, bytesOf(probe, { cookie: null }, token));
    const answers = answersIn(text, false);
    return answers.length > 0 && answers.every((answer) => isOurs(answer, mark)) ? null : whoElse(app, text, fronted);
  } catch (error) {
    return reason(error);
  }
}

interface Try {
  readonly probe: Probe;
  readonly guise: Guise;
}

/** One run at one app: what it sends, and what it knows of what came back. */
class Run {
  readonly #app: AppConfig;
  readonly #parts: CanaryParts;
  readonly #fronted: boolean;
  readonly #front: Front;
  readonly #marks = new Set<string>();
  readonly tally = new Tally();
  readonly id: Uint8Array;

  constructor(app: AppConfig, parts: CanaryParts, fronted: boolean) {
    this.#app = app;
    this.#parts = parts;
    this.#fronted = fronted;
    this.#front = new Front({ origin: app.origin, isOurs, app: () => askApp(app, parts) });
    this.id = parts.random(8);
  }

  async all(tries: readonly Try[]): Promise<void> {
    const waiting = tries.values();
    const lane = async (): Promise<void> => {
      for (const each of waiting) {
        if (this.#parts.signal?.aborted === true) return;
        const verdict = await this.#one(each).catch((error): Verdict => ({ kind: 'unclear', why: reason(error) }));
        this.tally.take(each.probe, each.guise.visitor, verdict);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    this.tally.untried(tries.length);
  }

  async #one({ probe, guise }: Try): Promise<Verdict> {
    const { marks, clock, random } = this.#parts;
    const token = marks.token(clock.now(), random, this.id);
    const mark = marks.mark(token);
    this.#marks.add(mark);
    const bytes = bytesOf(probe, guise, token);
    const back = await send(this.#app.origin, bytes);
    const isOthers = (other: string) => other !== mark && this.#marks.has(other);
    const verdict = judge(probe, bytes, back, { mark, isOthers, fronted: this.#fronted });
    return 'kind' in verdict ? verdict : this.#front.judge(verdict);
  }
}

/**
 * Goes to the public origin of an app as a stranger does, over real connections, with the whole corpus. Rejects for nothing that it meets
 * there, but when the record cannot be read.
 */
export async function runCanary(
  app: AppConfig,
  config: Pick<Config, 'trustedProxies'>,
  parts: CanaryParts,
): Promise<CanaryReport> {
  const since = parts.clock.now();
  const fronted = config.trustedProxies.length > 0;
  const exceptions = exceptionsOf(app, since);
  const unreachable = await whyUnreachable(app, parts, fronted);
  const guised = unreachable === null ? await guises(app, parts) : [];
  const corpus = unreachable === null ? corpusFor(app, cookieNames(app)) : [];
  const probes = corpus.filter((probe) => parts.only?.includes(probe.class) ?? true);
  const tries = guised.flatMap((guise) =>
    probes.filter((probe) => guise.cookie === null || BY_ALL.has(probe.class)).map((probe) => ({ probe, guise })),
  );
  const run = new Run(app, parts, fronted);
  await run.all(tries);
  const named = { appId: app.id, run: Buffer.from(run.id).toString('hex'), since };
  for (const request of await letThroughIn(parts.store, named)) run.tally.letThrough(request);
  const visitors = guised.map(({ visitor }) => visitor);
  return { app: app.id, origin: app.origin, ...run.tally.counts(), unreachable, exceptions, visitors };
}
