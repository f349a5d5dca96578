import { request, startSallyport } from './installation.ts';
import { answering, type Load, median, type Side, startSide, stop } from './rig.ts';
import { type Measured, NAMES, type Plan } from './throughput.ts';

interface Times {
  readonly p50: number;
  readonly p99: number;
}

/** Time from the moment at which a request was due to the end of its answer, ms, at the same pace for both. */
export interface Half {
  readonly perSecond: number;
  readonly ours: Times;
  /** undici's bare dispatch in the same place. */
  readonly bare: Times;
  /** What we add to its p99, median of neighbouring rounds, ms. */
  readonly added: number;
}

const CONNECTIONS = 64;

/** Half of what Sallyport and undici alone could both do in this run. */
function halfOf(rates: readonly Measured[]): number {
  const of = (name: string): number =>
    rates.find((each) => each.name === name && each.bytes === 100)?.perSecond ?? Number.NaN;
  return Math.round(Math.min(of(NAMES.sallyport), of(NAMES.undici)) / 2);
}

/** How long people wait at half load: both sides in each round, requests begun by the clock. */
export async function half(
  load: Load,
  folder: string,
  upstream: Side,
  { plan, rates }: { readonly plan: Plan; readonly rates: readonly Measured[] },
): Promise<Half> {
  const perSecond = halfOf(rates);
  const ours = await startSallyport(NAMES.sallyport, folder, { upstreamPort: upstream.port, sessions: 1 });
  const bare = await startSide(NAMES.undici, 'baseline-undici.ts', { args: [upstream.port] });
  const text = request('/100', ours.cookies[0]);
  const times = async ({ port }: Side): Promise<Times> => {
    const { p50, p99, faults } = await load.rate({
      port,
      requests: [text],
      connections: CONNECTIONS,
      ms: plan.ms * 2,
      perSecond,
    });
    if (faults > 0) throw new Error(`${faults} answers at half load were not a whole 200`);
    return { p50, p99 };
  };
  try {
    for (const { port } of [ours, bare]) {
      await answering(port, text, load);
      await load.rate({ port, requests: [text], connections: CONNECTIONS, ms: plan.warmUpMs, count: plan.warmUp });
    }
    const rounds: { ours: Times; bare: Times }[] = [];
    for (let round = 0; round < plan.rounds; round += 1)
      rounds.push({ bare: await times(bare), ours: await times(ours) });
    const of = (side: 'ours' | 'bare'): Times => ({
      p50: median(rounds.map((each) => each[side].p50)),
      p99: median(rounds.map((each) => each[side].p99)),
    });
    const added = median(rounds.map((each) => each.ours.p99 - each.bare.p99));
    return { perSecond, ours: of('ours'), bare: of('bare'), added };
  } finally {
    await stop(ours.process, bare.process);
  }
}
