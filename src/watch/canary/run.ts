import type { CanaryMarks } from '../../assertions/canary-marks.ts';
import type { AppConfig, Config } from '../../config/types.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Random } from '../../lib/random.ts';
import { printable } from './answers.ts';
import { send } from './ask.ts';
import { corpusFor } from './corpus.ts';
import { judge } from './judge.ts';
import { Tally } from './tally.ts';
import type { CanaryReport, Probe, ProbeClass, Verdict } from './types.ts';
import { cookieNames, type Guise, guises } from './visitors.ts';

export interface CanaryParts {
  readonly marks: CanaryMarks;
  readonly clock: Clock;
  readonly random: Random;
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

/** Whether what answers at the origin is this Sallyport: else nothing can be said. Why not; null: it is. */
async function whyUnreachable(app: AppConfig, { marks, clock, random }: CanaryParts): Promise<string | null> {
  const token = marks.token(clock.now(), random);
  const fields = ['Sallyport-Canary: {token}', `Host: ${new URL(app.origin).host}`, 'Connection: close'];
  const probe: Probe = { class: 'plain', method: 'GET', line: 'GET /.sallyport/session HTTP/1.1', fields, body: '' };
  try {
    const back = await send(app.origin, bytesOf(probe, { cookie: null }, token));
    const verdict = judge(probe, back, { mark: marks.mark(token), fronted: false });
    if (verdict.kind === 'ours') return null;
    const { origin } = app;
    return verdict.kind === 'app' ? `something else answers at ${origin}: ${verdict.answer}` : `no answer at ${origin}`;
  } catch (error) {
    return reason(error);
  }
}

interface Try {
  readonly probe: Probe;
  readonly guise: Guise;
}

async function tryAll(app: AppConfig, tries: readonly Try[], parts: CanaryParts, fronted: boolean): Promise<Tally> {
  const tally = new Tally();
  const { marks, clock, random, signal } = parts;
  const waiting = tries.values();
  const lane = async (): Promise<void> => {
    for (const { probe, guise } of waiting) {
      if (signal?.aborted === true) return;
      const token = marks.token(clock.now(), random);
      const verdict = await send(app.origin, bytesOf(probe, guise, token)).then(
        (back) => judge(probe, back, { mark: marks.mark(token), fronted }),
        (error: unknown): Verdict => ({ kind: 'unclear', why: reason(error) }),
      );
      tally.take(probe, guise.visitor, verdict);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  tally.untried(tries.length);
  return tally;
}

/**
 * Goes to the public origin of an app as a stranger does, over real connections, with the whole corpus. Rejects for nothing that it meets
 * there.
 */
export async function runCanary(
  app: AppConfig,
  config: Pick<Config, 'trustedProxies'>,
  parts: CanaryParts,
): Promise<CanaryReport> {
  const exceptions = exceptionsOf(app, parts.clock.now());
  const unreachable = await whyUnreachable(app, parts);
  const guised = unreachable === null ? await guises(app, parts.random) : [];
  const corpus = unreachable === null ? corpusFor(app, cookieNames(app)) : [];
  const probes = corpus.filter((probe) => parts.only?.includes(probe.class) ?? true);
  const tries = guised.flatMap((guise) =>
    probes.filter((probe) => guise.cookie === null || BY_ALL.has(probe.class)).map((probe) => ({ probe, guise })),
  );
  const tally = await tryAll(app, tries, parts, config.trustedProxies.length > 0);
  const visitors = guised.map(({ visitor }) => visitor);
  return { app: app.id, origin: app.origin, ...tally.counts(), unreachable, exceptions, visitors };
}
