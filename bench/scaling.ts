import { request, startSallyport } from './installation.ts';
import { answering, type Load, type Side, stop } from './rig.ts';
import { compare, type Measured, type Plan } from './throughput.ts';

const ACTIVE = 1000;

export interface Scaling {
  readonly sessions: number;
  readonly rules: number;
  readonly oneSession: Measured;
  readonly manySessions: Measured;
  readonly fewRules: Measured;
  readonly manyRules: Measured;
}

function pick(measured: readonly Measured[], name: string): Measured {
  const found = measured.find((each) => each.name === name);
  if (found === undefined) throw new Error(`${name} was not measured`);
  return found;
}

/**
 * What a request costs with one session and with many in memory, and with one app and rule and with many. Of the many
 * some ask in turn, few enough that each holds its assertion: signing is a cost of activity, not of their number.
 */
export async function scaling(
  load: Load,
  folder: string,
  upstream: Side,
  plan: Plan,
  wish: { readonly sessions: number; readonly rules: number },
): Promise<Scaling> {
  const few = await startSallyport('few', folder, { upstreamPort: upstream.port, sessions: 1, rules: 1 });
  const many = await startSallyport('many', folder, {
    upstreamPort: upstream.port,
    sessions: 1,
    rules: wish.rules,
    apps: wish.rules - 1,
  });
  const full = await startSallyport('full', folder, { upstreamPort: upstream.port, sessions: wish.sessions, rules: 1 });
  const sides = [few, many, full];
  try {
    for (const side of sides) await answering(side.port, request('/100', side.cookies[0]), load);
    const fewRequests = [request('/100', few.cookies[0])];
    const byRules = await compare(
      load,
      plan,
      [
        { ...few, name: '1 app and rule', requests: fewRequests },
        { ...many, name: 'many apps and rules', requests: [request('/100', many.cookies[0])] },
      ],
      100,
    );
    const all = full.cookies.map((cookie) => request('/100', cookie));
    await load.rate({ port: full.port, requests: all, connections: 64, ms: 120_000, count: all.length });
    const some = all.slice(0, ACTIVE);
    await load.rate({ port: full.port, requests: some, connections: 64, ms: 20_000, count: some.length });
    const bySessions = await compare(
      load,
      plan,
      [
        { ...few, name: '1 session', requests: fewRequests },
        { ...full, name: 'many sessions', requests: some },
      ],
      100,
    );
    return {
      sessions: wish.sessions,
      rules: wish.rules,
      oneSession: pick(bySessions, '1 session'),
      manySessions: pick(bySessions, 'many sessions'),
      fewRules: pick(byRules, '1 app and rule'),
      manyRules: pick(byRules, 'many apps and rules'),
    };
  } finally {
    await stop(...sides.map((side) => side.process));
  }
}
