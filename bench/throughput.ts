import { request, startSallyport } from './installation.ts';
import type { Rate } from './load.ts';
import { hasNginx, startNginx } from './nginx.ts';
import { answering, type Load, median, processorMs, type Side, startSide, stop } from './rig.ts';

export interface Measured {
  readonly name: string;
  readonly bytes: number;
  readonly perSecond: number;
  /** The same of each round. */
  readonly rates: readonly number[];
  /** Processor time of the servers for one answer, µs. It says the same on a quiet machine and on a busy one. */
  readonly micros: number;
  readonly p50: number;
  readonly p99: number;
  /** Share of a core that the generator used; near 1 it is what was measured. */
  readonly generator: number;
}

export interface Plan {
  readonly rounds: number;
  readonly ms: number;
  /** Requests to each side before anything counts, so that all have compiled what is hot; and the most time for them. */
  readonly warmUp: number;
  readonly warmUpMs: number;
}

const CONNECTIONS = 64;

/** Runs every contestant in each round, one after the other, so that a noisy moment hits all; medians over the rounds. */
export async function compare(
  load: Load,
  plan: Plan,
  contestants: readonly (Side & { readonly requests: readonly string[] })[],
  bytes: number,
): Promise<Measured[]> {
  const rates = new Map<string, (Rate & { micros: number })[]>(contestants.map(({ name }) => [name, []]));
  for (const { port, requests } of contestants)
    await load.rate({ port, requests, connections: CONNECTIONS, ms: plan.warmUpMs, count: plan.warmUp });
  for (let round = 0; round < plan.rounds; round += 1) {
    // There and back: who comes after whom must not decide.
    for (const contestant of round % 2 === 0 ? contestants : contestants.toReversed()) {
      const { name, port, requests } = contestant;
      const before = processorMs(contestant);
      const rate = await load.rate({ port, requests, connections: CONNECTIONS, ms: plan.ms });
      if (rate.faults > 0) throw new Error(`${name}: ${rate.faults} of ${rate.answers} answers were not a whole 200`);
      if (rate.answers > 0)
        rates.get(name)?.push({ ...rate, micros: ((processorMs(contestant) - before) * 1000) / rate.answers });
    }
  }
  return [...rates].map(([name, all]) => ({
    name,
    bytes,
    rates: all.map((rate) => rate.perSecond),
    perSecond: median(all.map((rate) => rate.perSecond)),
    micros: median(all.map((rate) => rate.micros)),
    p50: median(all.map((rate) => rate.p50)),
    p99: median(all.map((rate) => rate.p99)),
    generator: median(all.map((rate) => rate.busy)),
  }));
}

export const NAMES = {
  sallyport: 'Sallyport',
  logging: 'Sallyport, access log on',
  hpm: 'express + http-proxy-middleware',
  undici: 'undici dispatch alone',
  empty: 'empty Node server, no proxy',
  nginxAuth: 'nginx + auth_request (empty Node server)',
} as const;

/** Sallyport and the others in front of one app, bodies of 100 B and 64 kB. */
export async function throughput(load: Load, folder: string, upstream: Side, plan: Plan): Promise<Measured[]> {
  const sides: Side[] = [];
  const add = async <T extends Side>(side: Promise<T>): Promise<T> => {
    const up = await side;
    sides.push(up);
    return up;
  };
  try {
    const wish = { upstreamPort: upstream.port, sessions: 1 };
    const ours = await add(startSallyport(NAMES.sallyport, folder, wish));
    const logging = await add(startSallyport(NAMES.logging, folder, { ...wish, accessLog: true }));
    await add(startSide(NAMES.empty, 'empty.ts'));
    await add(startSide(NAMES.hpm, 'baseline-hpm.ts', { args: [upstream.port] }));
    await add(startSide('http-proxy-middleware alone', 'baseline-hpm.ts', { args: [upstream.port, 'bare'] }));
    await add(startSide(NAMES.undici, 'baseline-undici.ts', { args: [upstream.port] }));
    if (hasNginx()) {
      const auth = await startSide('auth', 'empty.ts');
      await add(startNginx('nginx', folder, upstream.port));
      await add(startNginx(NAMES.nginxAuth, folder, upstream.port, auth));
    }
    const cookies = new Map([ours, logging].map((side) => [side.name, side.cookies[0] ?? '']));
    const measured: Measured[] = [];
    for (const bytes of [100, 65_536]) {
      const contestants = sides.map((side) => ({
        ...side,
        requests: [request(`/${bytes}`, cookies.get(side.name) ?? 'x'.repeat(43))],
      }));
      for (const { port, requests } of contestants) await answering(port, requests[0] ?? '', load);
      const warm = bytes === 100 ? plan : { ...plan, warmUp: plan.warmUp / 10 };
      measured.push(...(await compare(load, warm, contestants, bytes)));
    }
    return measured;
  } finally {
    await stop(...sides.map((side) => side.process));
  }
}
