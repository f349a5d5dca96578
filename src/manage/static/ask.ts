import type { AppConfig, ExemptionConfig } from '../../config/types.ts';
import { SallyportError } from '../../errors.ts';
import { HeaderFields } from '../../request/fields.ts';
import { parseTarget, type Target } from '../../request/target.ts';
import type { CompiledRules } from '../../rules/compile.ts';
import { classOf, RESERVED, type RequestClass, UNREAD } from './classes.ts';
import { beyondList, type Gate } from './listed.ts';
import { type Met, metAt, metBy, reaches, type Situation } from './situations.ts';
import { VISITORS } from './visitors.ts';
import type { Witness } from './witnesses.ts';

const DEPTH_0 = HeaderFields.of(['Depth', '0']);

/** A target as the server reads it; null: refused. */
function targetOf(app: AppConfig, raw: string): Target | null {
  try {
    return parseTarget(raw, app.target);
  } catch (error) {
    if (error instanceof SallyportError) return null;
    throw error;
  }
}

/** What one app is asked about: its table, and the gate. */
export interface Asking {
  readonly app: AppConfig;
  readonly compiled: CompiledRules;
  readonly classes: ReadonlyMap<string, RequestClass>;
  readonly gate: Gate;
  readonly now: number;
}

type Each = Met | null;

function differs(expected: readonly Each[], met: readonly Each[]): string | null {
  const at = expected.findIndex((each, i) => met[i] !== null && each !== met[i]);
  return at < 0 ? null : `${VISITORS[at]?.id}: ${met[at]}, and not ${expected[at]}`;
}

/** The exemptions of an app by which something passes without a session now. */
export function holdingOf({ app, compiled, gate, now }: Omit<Asking, 'classes'>): ReadonlySet<ExemptionConfig> {
  const found = new Set<ExemptionConfig>();
  for (const each of app.exemptions) {
    const target = targetOf(app, each.path);
    if (target === null) continue;
    const line = { app, rules: compiled, method: each.method, target };
    for (const headers of [HeaderFields.none, DEPTH_0]) {
      const decision = gate.verdict({ ...gate.asked(line, headers, now).facts, session: null });
      if (decision.kind === 'exempt') found.add(each);
    }
  }
  return found;
}

/** Why the gate's word on one request is not that of the table; null: it is. `met`: what the table says of a situation. */
export function askOf(
  asking: Asking,
  { method, target: raw, depth }: Witness,
  met: (situation: Situation) => readonly Each[],
): string | null {
  const { app, compiled, classes, gate, now } = asking;
  const target = targetOf(app, raw);
  if (target === null || target.reserved) return classes.has(target === null ? UNREAD : RESERVED) ? null : 'no class';
  const line = { app, rules: compiled, method, target };
  const asked = gate.asked(line, depth === null ? HeaderFields.none : DEPTH_0, now);
  const beyond = beyondList(line, asked, now);
  const open = metBy(gate.verdict({ ...asked.facts, session: null }));
  const where = `${app.id}: ${method} ${raw}`;
  if (beyond !== null && reaches(open)) return `${where} passes without a session by ${beyond}, which does not list it`;
  const found = classes.get(classOf(app, asked));
  if (found?.situation == null) return `${where} is in no class of the table`;
  const other = differs(met(found.situation), metAt(gate.verdict, asked.facts));
  return other === null ? null : `${where}: ${other}`;
}
