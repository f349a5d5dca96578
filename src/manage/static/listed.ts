import { isOver } from '../../config/over.ts';
import type { AppConfig, ExemptionConfig } from '../../config/types.ts';
import { type Asked, askedOf, type RequestLine, verdictOn } from '../../gate/opinion.ts';
import { rawPath } from '../../presets/sign-in-place.ts';
import { type CompiledRules, compileRules } from '../../rules/compile.ts';
import { surfacesOf } from '../bindings.ts';

/** Whom the table asks; tests give it one that is broken. */
export interface Gate {
  readonly compile: (app: AppConfig) => CompiledRules;
  readonly asked: typeof askedOf;
  readonly verdict: typeof verdictOn;
}

/** The very gate. */
export const GATE: Gate = { compile: compileRules, asked: askedOf, verdict: verdictOn };

/** Something that reaches an app without a session, as its operator has written it. */
export interface Exception {
  readonly app: string;
  readonly kind: 'exemption' | 'sign-in surface' | 'sign-in step';
  readonly method: string;
  /** Exact for exemptions; with wildcards for the others. */
  readonly path: string;
  readonly owner: string | null;
  readonly reason: string | null;
  /** `YYYY-MM-DD`, the last day; null: as long as the app signs people in first. */
  readonly expires: string | null;
}

/** Everything that is listed as open now. `holding`: exemptions that open something. */
export function exceptionsOf(app: AppConfig, holding: ReadonlySet<ExemptionConfig>): readonly Exception[] {
  const { id } = app;
  const exempt = app.exemptions
    .filter((each) => holding.has(each))
    .map(({ method, path, owner, reason, expires }) => {
      return { app: id, kind: 'exemption', method, path, owner, reason, expires } as const;
    });
  const surfaces = surfacesOf(app).map(({ method, place, kind }) => {
    return { app: id, kind, method, path: place, owner: null, reason: null, expires: null };
  });
  return [...exempt, ...surfaces];
}

/** Why what the gate found of a request would open more than is written; null: it does not. */
export function beyondList(
  { app, method, target }: RequestLine,
  { facts, reading }: Asked,
  now: number,
): string | null {
  const { exemption } = facts;
  const written = (each: AppConfig['exemptions'][number]) => each.method === method && each.path === target.path;
  if (exemption !== null && !app.exemptions.some((each) => each === exemption && written(each) && !isOver(each, now)))
    return `the exemption of ${exemption.method} ${exemption.path}`;
  if (app.login.kind !== 'bound') return facts.loginFirst ? 'a sign-in of an app that has none' : null;
  const { login } = app;
  if (facts.loginFirst !== (login.order === 'login-first')) return 'an order of signing in that is not written';
  const path = rawPath(login, target.path);
  if (reading?.kind === 'surface') {
    const { surface } = reading;
    const listed = login.anon.includes(surface) && !surface.toEntry && surface.path.test(path);
    return listed && (method === 'GET' || method === 'HEAD') ? null : 'a part of the sign-in surface';
  }
  if (reading?.kind !== 'step') return null;
  const listed = reading.steps.every(
    (step) => login.steps.includes(step) && step.on.method === method && step.on.paths.some((each) => each.test(path)),
  );
  return listed ? null : 'a step of the sign-in';
}
