import type { BoundLogin } from '../../config/login-types.ts';
import { isOver } from '../../config/over.ts';
import type { AppConfig, ExemptionConfig } from '../../config/types.ts';
import type { Asked } from '../../gate/opinion.ts';
import { readablePath, readableQuery } from '../../presets/readable.ts';
import type { CompiledRules } from '../../rules/compile.ts';
import { type Shape, shapeKey, shapeOf, shapesOf } from './shapes.ts';
import type { Situation } from './situations.ts';

/** Requests to one app that the decision cannot tell apart, but for who sends them. */
export interface RequestClass {
  /** What `classOf` gives for each of its requests. */
  readonly key: string;
  readonly route: string;
  readonly methods: string;
  /** As it is now; null: refused or answered before anything is decided. */
  readonly situation: Situation | null;
  /** What is said at some end, and what holds from then on (`YYYY-MM-DD`, end of that day, UTC), in order. */
  readonly ends: readonly { readonly after: string; readonly situation: Situation }[];
}

/** The two that never come to a decision. */
export const UNREAD = 'refused';
export const RESERVED = 'reserved';

const ruleKey = (app: AppConfig, { facts: { rule } }: Asked): string => {
  if (rule === null) return 'rest';
  return app.rules.includes(rule) ? `rule ${rule.path}` : `together ${shapeKey(shapeOf(rule))}`;
};

const shapeText = ({ facts: { rule } }: Asked): string => (rule === null ? 'rest' : shapeKey(shapeOf(rule)));

/**
 * The one class that a request is in, by what the gate has found of it. Total: whatever the facts are, it gives one key; that each key
 * which can come is in the table follows from where facts come from (docs/decisions/0054).
 */
export function classOf(app: AppConfig, asked: Asked): string {
  const { facts, reading } = asked;
  if (facts.upgrade && !facts.originAllowed) return 'upgrade from elsewhere';
  if (reading?.kind === 'door' || reading?.kind === 'guarded') return reading.kind;
  if (facts.upgrade) return `upgrade ${shapeText(asked)}`;
  const { login } = app;
  const open = facts.loginFirst ? 'open' : 'closed';
  if (reading?.kind === 'step' && login.kind === 'bound')
    return `step ${login.steps.findIndex((step) => reading.steps.includes(step))} ${open} ${shapeText(asked)}`;
  if (facts.exemption !== null) return exemptionKey(facts.exemption);
  if (reading?.kind === 'surface' && login.kind === 'bound' && facts.loginFirst)
    return `surface ${login.anon.indexOf(reading.surface)} ${shapeText(asked)}`;
  return ruleKey(app, asked);
}

export const exemptionKey = ({ method, path }: Pick<ExemptionConfig, 'method' | 'path'>) =>
  `exemption ${method} ${path}`;

type Ending = { readonly expiresAt: number; readonly expires: string };

/** The situation at `now`, and after each of these ends in turn. */
function inTime(at: (now: number) => Situation, ends: readonly Ending[], now: number) {
  const ahead = ends.filter((end) => !isOver(end, now)).sort((a, b) => a.expiresAt - b.expiresAt);
  const then = ahead.map(({ expires, expiresAt }) => ({ after: expires, situation: at(expiresAt) }));
  return { situation: at(now), ends: then };
}

type Part = Partial<Situation>;

/** What makes the classes of one app. */
export class Classes {
  readonly #app: AppConfig;
  readonly #compiled: CompiledRules;
  readonly #now: number;
  readonly #shapes: readonly (Shape | null)[];

  constructor(app: AppConfig, compiled: CompiledRules, now: number) {
    this.#app = app;
    this.#compiled = compiled;
    this.#now = now;
    this.#shapes = [null, ...shapesOf(app.rules)];
  }

  /** Every class that a request to the app can be in; some may be empty. `holding`: exemptions that open something. */
  all(holding: ReadonlySet<ExemptionConfig>): readonly RequestClass[] {
    const before = (key: string, route: string, methods: string): RequestClass => {
      return { key, route, methods, situation: null, ends: [] };
    };
    return [
      before(UNREAD, 'not in canonical form', 'any; TRACE, CONNECT and all that are not listed, at every path'),
      before(RESERVED, '/.sallyport/**', 'any'),
      this.#class('upgrade from elsewhere', ['everything', 'upgrade from another origin'], { upgrade: 'elsewhere' }),
      ...this.#upgrades(),
      ...this.#exemptions(holding),
      ...this.#ofLogin(),
      ...this.#ofRules(),
    ];
  }

  #class(
    key: string,
    [route, methods]: readonly [string, string],
    part: Part,
    ends: readonly Ending[] = [],
  ): RequestClass {
    const { login } = this.#app;
    const own = login.kind === 'unbound' ? [login, ...ends] : ends;
    const held = login.kind !== 'bound' || login.one === null ? 'everybody' : this.#held(login);
    const reading = login.kind === 'bound' ? 'plain' : null;
    const at = (now: number): Situation => ({
      ...{ upgrade: 'none', reading, exempt: false, held, shape: null },
      loginFirst: login.kind === 'bound' && login.order === 'login-first',
      unboundOver: login.kind === 'unbound' && isOver(login, now),
      ...part,
      ...(ends.some((end) => isOver(end, now)) ? { exempt: false } : {}),
    });
    return { key, route, methods, ...inTime(at, own, this.#now) };
  }

  #held({ one }: BoundLogin): Situation['held'] {
    return one !== null && one.accounts.length + one.groups.length > 0 ? 'some' : 'nobody';
  }

  #upgrades(): readonly RequestClass[] {
    return this.#shapes.map((shape) => {
      const route = `everything${under(shape)}`;
      return this.#class(`upgrade ${keyOf(shape)}`, [route, 'upgrade'], { upgrade: 'own', shape });
    });
  }

  #exemptions(holding: ReadonlySet<ExemptionConfig>): readonly RequestClass[] {
    return this.#app.exemptions.map((each) => {
      const rule = this.#compiled.match(each.path);
      const shape = rule === null ? null : shapeOf(rule);
      const exempt = holding.has(each);
      return this.#class(exemptionKey(each), [each.path, each.method], { exempt, shape }, [each]);
    });
  }

  #ofLogin(): readonly RequestClass[] {
    const { login } = this.#app;
    if (login.kind !== 'bound') return [];
    const first = login.order === 'login-first';
    const doors = ['door', 'guarded'] as const;
    const words = {
      door: 'other ways to sign in at the app',
      guarded: 'credentials or an identity outside of a sign-in',
    };
    return [
      ...doors.map((reading) => this.#class(reading, [words[reading], 'any'], { reading })),
      ...(first ? this.#surfaces(login) : []),
      ...login.steps.flatMap((_, i) => this.#steps(login, i, first ? [true, false] : [false])),
    ];
  }

  #surfaces({ anon }: BoundLogin): readonly RequestClass[] {
    return anon.flatMap(({ path, query, toEntry }, i) => {
      const place = placeText(path.source, readableQuery(query));
      const line = (shape: Shape | null) => [`${place}${under(shape)}`, 'GET, HEAD'] as const;
      const part = { reading: 'surface', loginFirst: true } as const;
      return toEntry
        ? []
        : this.#shapes.map((shape) => this.#class(`surface ${i} ${keyOf(shape)}`, line(shape), { ...part, shape }));
    });
  }

  /** `open`: whether the sign-in comes first there; a request that names a second target is never such. */
  #steps({ steps }: BoundLogin, at: number, open: readonly boolean[]): readonly RequestClass[] {
    const on = steps[at]?.on;
    if (on === undefined) return [];
    const places = on.paths.map(({ source }) => placeText(source, readableQuery(on.query))).join(' ');
    return open.flatMap((loginFirst) =>
      this.#shapes.map((shape) => {
        const second = !loginFirst && open.length > 1 ? ', with a second target' : '';
        const line = [`${places}${under(shape)}`, `${on.method}${second}`] as const;
        const key = `step ${at} ${loginFirst ? 'open' : 'closed'} ${keyOf(shape)}`;
        return this.#class(key, line, { reading: 'step', loginFirst, shape });
      }),
    );
  }

  #ofRules(): readonly RequestClass[] {
    const rules = this.#app.rules.map((rule) =>
      this.#class(`rule ${rule.path}`, [rule.path, 'any'], { shape: shapeOf(rule) }),
    );
    const together = this.#shapes.flatMap((shape) =>
      shape === null
        ? []
        : [
            this.#class(
              `together ${shapeKey(shape)}`,
              [`other spellings, and methods that reach further${under(shape)}`, 'any'],
              {
                shape,
              },
            ),
          ],
    );
    return [...rules, ...together, this.#class('rest', ['everything else', 'any'], {})];
  }
}

const keyOf = (shape: Shape | null): string => (shape === null ? 'rest' : shapeKey(shape));
const under = (shape: Shape | null): string => (shape === null ? '' : ` (rules: ${shapeKey(shape)})`);
const placeText = (source: string, query: string | null) =>
  `${readablePath(source)}${query === null || query === 'any query' ? '' : `?${query}`}`;
