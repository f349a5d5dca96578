import type { Kind } from './bound.ts';
import { costOf, overhead, type Results, table, whole } from './report.ts';
import { NAMES } from './throughput.ts';

/** One measure of a run, beside what was aimed at and what is claimed. */
export interface Aim {
  readonly what: string;
  /** undefined: not measured, and why. */
  readonly value: number | undefined;
  readonly why: string;
  readonly aim: number;
  /** Whether more is better. */
  readonly least: boolean;
  readonly unit: '×' | 'MB' | 'kB' | 'ms' | 'µs';
  /** What runs on a quiet machine have held; null: nothing is claimed. */
  readonly claim: number | null;
}

/** What every run has held, or nearly, on machines that others use too; one that gets less than nine tenths of it twice has found something. */
const CLAIMS = {
  hpm: 1.1,
  nginx: 0.36,
  log: 0.6,
  nothing: 0.75,
  query: 0.7,
  cookie: 0.15,
  'cookie-postgres': null,
} as const;
const JAR_AIMS: Readonly<Record<Kind, number>> = { nothing: 0.95, query: 0.95, cookie: 0.5, 'cookie-postgres': 0.5 };

type Row = Pick<Aim, 'what' | 'value' | 'aim'> & Partial<Aim>;

const least = (row: Row): Aim => ({ why: '', least: true, unit: '×', claim: null, ...row });
const most = (row: Row): Aim => ({ why: '', least: false, unit: 'MB', claim: null, ...row });

const NO_NGINX = 'nginx is not installed';

function speeds({ throughput }: Results): Aim[] {
  const cost = (name: string, bytes = 100): number => costOf(throughput, name, bytes) ?? Number.NaN;
  const over = (name: string, bytes = 100): number | undefined => {
    const ratio = cost(name, bytes) / cost(NAMES.sallyport, bytes);
    return Number.isNaN(ratio) ? undefined : ratio;
  };
  const large = over(NAMES.nginxAuth, 65_536);
  return [
    least({
      what: `requests for the same CPU time, 100 B, against ${NAMES.hpm}`,
      value: over(NAMES.hpm),
      aim: 3,
      claim: CLAIMS.hpm,
    }),
    least({
      what: `the same, against ${NAMES.nginxAuth}`,
      value: over(NAMES.nginxAuth),
      why: NO_NGINX,
      aim: 1,
      claim: CLAIMS.nginx,
    }),
    most({
      what: `CPU of a request over ${NAMES.empty}`,
      value: cost(NAMES.sallyport) - cost(NAMES.empty),
      aim: 20,
      unit: 'µs',
    }),
    most({
      what: `CPU of a 64 kB answer, against ${NAMES.nginxAuth}`,
      value: large && 1 / large,
      why: NO_NGINX,
      aim: 1.5,
      unit: '×',
    }),
    least({
      what: 'requests for the same CPU time, access log on',
      value: cost(NAMES.sallyport) / cost(NAMES.logging),
      aim: 0.95,
      claim: CLAIMS.log,
    }),
  ];
}

function waits({ half }: Results): Aim[] {
  return [most({ what: 'added to the p99 of undici alone, at half load', value: half.added, aim: 1, unit: 'ms' })];
}

function sizes({ memory }: Results): Aim[] {
  // Fewer sessions are not scaled up: what V8 keeps for the requests themselves would be multiplied too.
  const sessions = memory.sessions >= 100_000 ? memory.sessionsMb : undefined;
  return [
    most({ what: 'memory idle, without garbage', value: memory.heldMb, aim: 90 }),
    most({ what: 'memory for 100,000 sessions', value: sessions, why: 'in a quick run', aim: 100 }),
    most({ what: 'memory for a large upload', value: memory.upload.mb, aim: 20 }),
    most({ what: 'memory for a large download', value: memory.download.mb, aim: 20 }),
  ];
}

function growth({ scaling }: Results): Aim[] {
  const { oneSession, manySessions, fewRules, manyRules } = scaling;
  return [
    most({ what: 'cost with many sessions', value: manySessions.micros / oneSession.micros, aim: 1.1, unit: '×' }),
    most({ what: 'cost with many apps and rules', value: manyRules.micros / fewRules.micros, aim: 1.1, unit: '×' }),
  ];
}

function bindings({ bound }: Results): Aim[] {
  const { direct, question, through, asking } = bound.signIns;
  const unasked = overhead(through, direct);
  const asked = overhead(asking, direct, question);
  return [
    ...bound.pairs.map(({ kind, what, ratio }) =>
      least({
        what: `requests per second with a jar, ${what}`,
        value: ratio,
        aim: JAR_AIMS[kind],
        claim: CLAIMS[kind],
      }),
    ),
    most({ what: 'overhead of a sign-in, app not asked, p50', value: unasked.p50, aim: 4, unit: 'ms' }),
    most({ what: 'the same, p99', value: unasked.p99, aim: 4, unit: 'ms' }),
    most({ what: 'overhead of a sign-in besides the question, p50', value: asked.p50, aim: 4, unit: 'ms' }),
    most({ what: 'the same, p99', value: asked.p99, aim: 4, unit: 'ms' }),
  ];
}

function tunnels({ upgrades: { ratio, idleKb } }: Results): Aim[] {
  return [
    least({ what: 'messages by WebSocket, against the app itself', value: ratio, aim: 0.5 }),
    most({ what: 'memory of an idle WebSocket', value: idleKb, aim: 30, unit: 'kB' }),
  ];
}

export function aimsOf(results: Results): Aim[] {
  return [speeds, waits, sizes, growth, bindings, tunnels].flatMap((part) => part(results));
}

function shown({ value, why, aim, least: more, unit }: Aim): readonly string[] {
  const limit = `${more ? 'at least' : 'at most'} ${aim}`;
  if (value === undefined) return [`not measured: ${why}`, limit, ''];
  const met = more ? value >= aim : value <= aim;
  return [unit === 'MB' ? `${whole(value)} MB` : `${value.toFixed(2)} ${unit}`, limit, met ? 'met' : 'MISSED'];
}

/** What was aimed at, what is claimed, and what this run got. */
export function aimsTable(aims: readonly Aim[]): string {
  const claimed = ({ claim }: Aim): string => (claim === null ? '' : `${claim} ×`);
  return table([['aim', 'this run', '', '', 'claimed'], ...aims.map((aim) => [aim.what, ...shown(aim), claimed(aim)])]);
}

/** The ratios that fall below nine tenths of what is claimed. */
export function belowClaims(aims: readonly Aim[]): string[] {
  return aims
    .filter(({ value, claim }) => value !== undefined && claim !== null && value < 0.9 * claim)
    .map(({ what }) => what);
}
