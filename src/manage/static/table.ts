import { everyApp } from '../../config/console.ts';
import type { AppConfig, Config } from '../../config/types.ts';
import { type Asking, askOf, holdingOf } from './ask.ts';
import { Classes, exemptionKey, type RequestClass } from './classes.ts';
import { exhaust, uniform } from './exhaust.ts';
import { type Exception, exceptionsOf, GATE, type Gate } from './listed.ts';
import { factsIn, kindOf, type Met, metAt, reaches, type Situation } from './situations.ts';
import { VISITORS } from './visitors.ts';
import { witnessesOf } from './witnesses.ts';

/** A row: requests to one app that the decision cannot tell apart. */
export interface Row {
  readonly route: string;
  readonly methods: string;
  /** Place in `situations`; null: refused, or answered by Sallyport itself, before anything is decided. */
  readonly situation: number | null;
  /** What holds after the last day (`YYYY-MM-DD`, UTC) of an exemption or an unbound login. */
  readonly ends: readonly { readonly after: string; readonly situation: number }[];
  /** Something passes without a session. */
  readonly open: boolean;
}

/**
 * The whole of what is decided: app × route class × method class × kind of visitor. It depends on the configuration, and on the
 * time as far as ends have passed; its JSON is the same as long as these are.
 */
export interface CoverageTable {
  readonly format: 'sallyport coverage table v1';
  readonly visitors: readonly { readonly id: string; readonly words: string; readonly session: boolean }[];
  readonly situations: readonly { readonly what: string; readonly met: Readonly<Record<string, Met | null>> }[];
  readonly apps: readonly { readonly app: string; readonly rows: readonly Row[] }[];
  /** All that is open without a session. */
  readonly exceptions: readonly Exception[];
  /** No row forwards without a session but for the exceptions. */
  readonly proven: boolean;
  /** Why not, at most `MOST_HOLES`. */
  readonly holes: readonly string[];
  readonly counts: {
    /** Values of all that the decision can tell apart, each asked. */
    readonly cases: number;
    readonly rows: number;
    /** Rows × kinds of visitor. */
    readonly cells: number;
    /** Request lines asked besides, to find where code and argument differ. */
    readonly asked: number;
  };
}

export const MOST_HOLES = 100;

/** The situations of the table, each once, with what is met there. */
class Situations {
  readonly #places = new Map<string, number>();
  readonly #verdict: Gate['verdict'];
  readonly list: { readonly what: string; readonly met: readonly (Met | null)[] }[] = [];

  constructor(verdict: Gate['verdict']) {
    this.#verdict = verdict;
  }

  place(situation: Situation): number {
    const what = kindOf(situation);
    const known = this.#places.get(what);
    if (known !== undefined) return known;
    this.#places.set(what, this.list.length);
    return this.list.push({ what, met: metAt(this.#verdict, factsIn(situation)) }) - 1;
  }

  met(situation: Situation): readonly (Met | null)[] {
    return this.list[this.place(situation)]?.met ?? [];
  }
}

const isOpen = (met: readonly (Met | null)[]): boolean =>
  VISITORS.some(({ session }, i) => !session && reaches(met[i] ?? 'admit'));

/** Classes that may be open, as their keys begin (`classOf`): each stands for what is written. */
const MAY_BE_OPEN = ['exemption ', 'surface ', 'step '];

class AppTable {
  readonly rows: Row[] = [];
  readonly holes: string[] = [];
  readonly exceptions: readonly Exception[];
  asked = 0;

  constructor(app: AppConfig, around: { gate: Gate; now: number; situations: Situations; logins: Set<string> }) {
    const { gate, now, situations } = around;
    const compiled = gate.compile(app);
    const holding = holdingOf({ app, compiled, gate, now });
    const all = new Classes(app, compiled, now).all(holding);
    this.exceptions = exceptionsOf(app, holding);
    for (const each of all) this.#add(app, each, situations);
    for (const [key, each] of compiled.exemptions)
      if (!app.exemptions.includes(each) || `exemption ${key}` !== exemptionKey(each))
        this.holes.push(`${app.id}: ${key} would be exempt, and is not listed`);
    const classes = new Map(all.map((each) => [each.key, each]));
    if (classes.size !== all.length) this.holes.push(`${app.id}: two classes of requests have one key`);
    this.#ask({ app, compiled, classes, gate, now }, situations, around.logins);
  }

  #add({ id }: AppConfig, { key, route, methods, situation, ends }: RequestClass, situations: Situations): void {
    const open = situation !== null && isOpen(situations.met(situation));
    if (open && !MAY_BE_OPEN.some((start) => key.startsWith(start)))
      this.holes.push(`${id}: ${methods} ${route} passes without a session and is no exception`);
    const then = ends.map(({ after, situation: at }) => ({ after, situation: situations.place(at) }));
    this.rows.push({ route, methods, situation: situation && situations.place(situation), ends: then, open });
  }

  #ask(asking: Asking, situations: Situations, logins: Set<string>): void {
    for (const witness of witnessesOf(asking.app, logins)) {
      this.asked += 1;
      const hole = askOf(asking, witness, (situation) => situations.met(situation));
      if (hole !== null) this.holes.push(hole);
    }
  }
}

/**
 * Makes the table at `now` (ms since the epoch) and proves it (docs/decisions/0054): by going through all that the decision can tell
 * apart, by comparing what could be exempt with what is listed, and besides by asking the gate of every row and beside every opening.
 * Never throws for a configuration that loads.
 */
export function coverageTable(config: Pick<Config, 'apps' | 'console'>, now: number, gate: Gate = GATE): CoverageTable {
  const situations = new Situations(gate.verdict);
  const logins = new Set<string>();
  const without = exhaust(gate.verdict);
  const alike = uniform(gate.verdict);
  const tables = everyApp(config).map((app) => [app.id, new AppTable(app, { gate, now, situations, logins })] as const);
  const holes = [...without.holes, ...alike.holes, ...tables.flatMap(([, { holes: own }]) => own)];
  const rows = tables.reduce((sum, [, table]) => sum + table.rows.length, 0);
  const asked = tables.reduce((sum, [, table]) => sum + table.asked, 0);
  return {
    format: 'sallyport coverage table v1',
    visitors: VISITORS.map(({ id, words, session }) => ({ id, words, session })),
    situations: situations.list.map(({ what, met }) => {
      return { what, met: Object.fromEntries(VISITORS.map(({ id }, i) => [id, met[i] ?? null])) };
    }),
    apps: tables.map(([app, table]) => ({ app, rows: table.rows })),
    exceptions: tables.flatMap(([, { exceptions }]) => exceptions),
    proven: holes.length === 0,
    holes: holes.slice(0, MOST_HOLES),
    counts: { cases: without.cases + alike.cases, rows, cells: rows * VISITORS.length, asked },
  };
}
