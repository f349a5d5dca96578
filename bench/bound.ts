import { startPostgres } from '../test/support/postgres.ts';
import { type Installation, request, startSallyport } from './installation.ts';
import { presetText } from './preset.ts';
import { answering, type Load, median, type Side, startSide, stop } from './rig.ts';
import { compare, type Measured, type Plan } from './throughput.ts';

/** People who are signed in at the app; each asks on a connection of their own. */
const PEOPLE = 64;

/** What answers bring for a jar: nothing, the same asked with a query, a cookie each, on SQLite and on PostgreSQL. */
export type Kind = 'nothing' | 'query' | 'cookie' | 'cookie-postgres';

/** What the same requests cost with a jar and without. */
export interface Pair {
  readonly kind: Kind;
  readonly what: string;
  readonly without: Measured;
  readonly with: Measured;
  /** Requests per second with a jar over those without, median of neighbouring rounds. */
  readonly ratio: number;
}

export interface Times {
  readonly p50: number;
  readonly p99: number;
}

/** A sign-in at the app, one after the other on one connection; milliseconds. */
export interface SignIns {
  /** Straight to the app. */
  readonly direct: Times;
  /** The app's own answer to the question who is signed in. */
  readonly question: Times;
  /** Through Sallyport, which does not ask the app (`assurance: login-form`). */
  readonly through: Times;
  /** Through Sallyport, which asks. */
  readonly asking: Times;
}

export interface Bound {
  readonly pairs: readonly Pair[];
  readonly signIns: SignIns;
}

/** The sign-in of a person as the app's own form sends it. */
function signIn(person: number, cookie?: string): string {
  const body = `username=person-${person}&password=right`;
  const fields = `Origin: http://localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}`;
  return `${request('/login', cookie).replace(/^GET/, 'POST').slice(0, -2)}${fields}\r\n\r\n${body}`;
}

/** Signs everybody in, so that each session has a jar with the app's cookies; throws when the app would not. */
async function signAllIn(load: Load, { port, cookies }: Installation): Promise<void> {
  const requests = cookies.map((cookie, i) => signIn(i, cookie));
  const { answers, faults } = await load.rate({ port, requests, connections: 1, ms: 60_000, count: requests.length });
  if (faults > 0 || answers < requests.length) throw new Error(`${faults} of ${answers} sign-ins at the app failed`);
}

/** Requests that are sent in turn, so that no two of a person are the same where their queries differ. */
const TURNS = 1024;

type Target = (turn: number) => string;

/** Each person asks in turn. Without a jar the browser brings the cookies of the app itself. */
function requestsOf({ cookies }: Installation, target: Target, jar: boolean): string[] {
  return Array.from({ length: TURNS }, (_, turn) => {
    const person = turn % PEOPLE;
    const others = jar ? 'lang=en' : `lang=en; SESS=person-${person}.1; theme=dark`;
    return request(target(turn), cookies[person], others);
  });
}

/** Short rounds: what disturbs a round disturbs its neighbour too. */
const SLICE_MS = 250;

async function pair(
  load: Load,
  plan: Plan,
  { kind, what, target }: Pick<Pair, 'kind' | 'what'> & { readonly target: Target },
  sides: readonly Installation[],
): Promise<Pair> {
  const [plain, bound] = sides;
  if (plain === undefined || bound === undefined) throw new Error('two sides make a pair');
  const contestants = [
    { ...plain, name: 'without', requests: requestsOf(plain, target, false) },
    { ...bound, name: 'with', requests: requestsOf(bound, target, true) },
  ];
  const rounds = Math.ceil((plan.rounds * plan.ms) / SLICE_MS) * 2;
  const [without, withJar] = await compare(load, { ...plan, rounds, ms: SLICE_MS }, contestants, 100);
  if (without === undefined || withJar === undefined) throw new Error(`${what} was not measured`);
  const ratio = median(withJar.rates.map((rate, i) => rate / (without.rates[i] ?? Number.NaN)));
  return { kind, what, without, with: withJar, ratio };
}

/** The four in turn in each round, so that a noisy moment hits all; medians over the rounds. */
async function signIns(load: Load, plan: Plan, app: Side, form: Installation, asking: Installation): Promise<SignIns> {
  const sides = {
    direct: { port: app.port, request: signIn(0) },
    question: { port: app.port, request: request('/whoami', undefined, 'SESS=person-0.1; theme=dark') },
    through: { port: form.port, request: signIn(0, form.cookies[0]) },
    asking: { port: asking.port, request: signIn(0, asking.cookies[0]) },
  };
  const times = async (name: keyof typeof sides, ms: number): Promise<Times> => {
    const { port, request: text } = sides[name];
    const { p50, p99, faults } = await load.rate({ port, requests: [text], connections: 1, ms });
    if (faults > 0) throw new Error(`${faults} sign-ins at the app failed (${name})`);
    return { p50, p99 };
  };
  const names = ['direct', 'question', 'through', 'asking'] as const;
  const rounds = new Map<keyof typeof sides, Times[]>(names.map((name) => [name, []]));
  for (const name of names) await times(name, plan.ms);
  for (let round = 0; round < plan.rounds; round += 1)
    for (const name of names) rounds.get(name)?.push(await times(name, plan.ms));
  const of = (name: keyof typeof sides): Times => {
    const all = rounds.get(name) ?? [];
    return { p50: median(all.map((each) => each.p50)), p99: median(all.map((each) => each.p99)) };
  };
  return { direct: of('direct'), question: of('question'), through: of('through'), asking: of('asking') };
}

/** Both without a jar and with one on PostgreSQL; the database shares the core of the app and the generator. */
async function onPostgres(load: Load, folder: string, plan: Plan, app: Side): Promise<Pair> {
  const server = await startPostgres();
  const of = async (preset?: string): Promise<Installation> => {
    const wish = { upstreamPort: app.port, sessions: PEOPLE, postgres: await server.database() };
    return startSallyport('on PostgreSQL', folder, preset === undefined ? wish : { ...wish, preset });
  };
  const sides = [await of(), await of(presetText(true))];
  try {
    const [plain, jars] = sides;
    if (plain === undefined || jars === undefined) throw new Error('two sides make a pair');
    await answering(plain.port, requestsOf(plain, () => '/100', false)[0] ?? '', load);
    await answering(jars.port, signIn(0, jars.cookies[0]), load);
    await signAllIn(load, jars);
    const asked = { kind: 'cookie-postgres', what: 'each answer sets a cookie anew (PostgreSQL)' } as const;
    return await pair(load, { ...plan, warmUp: plan.warmUp / 10 }, { ...asked, target: () => '/count' }, sides);
  } finally {
    await stop(...sides.map((side) => side.process));
    await server.stop();
  }
}

const queried: Target = (turn) => `/100?id=wiki%3Apage-${turn}&do=show&rev=1700000000`;

/** What an app costs whose login is bound, against the same app without: requests of people who are signed in, and sign-ins. */
export async function bound(load: Load, folder: string, plan: Plan): Promise<Bound> {
  const app = await startSide('app with a login', 'login-app.ts', { core: 1 });
  const wish = { upstreamPort: app.port, sessions: PEOPLE };
  const plain = await startSallyport('without', folder, wish);
  const jars = await startSallyport('with', folder, { ...wish, preset: presetText(true) });
  const form = await startSallyport('login-form', folder, { ...wish, preset: presetText(false) });
  try {
    await answering(plain.port, requestsOf(plain, () => '/100', false)[0] ?? '', load);
    for (const side of [jars, form]) await answering(side.port, signIn(0, side.cookies[0]), load);
    await signAllIn(load, jars);
    const sides = [plain, jars];
    const pairs = [
      await pair(load, plan, { kind: 'nothing', what: 'answers that set nothing', target: () => '/100' }, sides),
      await pair(load, plan, { kind: 'query', what: 'the same, asked with a query', target: queried }, sides),
      await pair(
        load,
        { ...plan, warmUp: plan.warmUp / 10 },
        { kind: 'cookie', what: 'each answer sets a cookie anew (SQLite)', target: () => '/count' },
        sides,
      ),
    ];
    const times = await signIns(load, plan, app, form, jars);
    return { pairs: [...pairs, await onPostgres(load, folder, plan, app)], signIns: times };
  } finally {
    await stop(...[app, plain, jars, form].map((side) => side.process));
  }
}
