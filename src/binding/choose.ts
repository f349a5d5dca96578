import type { BoundLogin, LoginStep } from '../config/login-types.ts';
import { SallyportError } from '../errors.ts';
import type { Jar, Standing } from '../jar/types.ts';
import type { HeaderFields } from '../request/fields.ts';
import { type ReadStep, readStep } from '../request/login/step.ts';
import type { Read } from './guard.ts';

/** The step that a request is, with what is sent in its place; `plain`: it is none and carries no credentials. */
export type Chosen =
  | { readonly kind: 'step'; readonly step: LoginStep; readonly read: ReadStep }
  | { readonly kind: 'plain' };

/** The step that is expected next comes first: two steps may have one address. */
function inOrder(steps: readonly LoginStep[], standing: Standing): readonly LoginStep[] {
  if (standing.kind !== 'step') return steps;
  return [...steps].sort((a, b) => Number(b.id === standing.step) - Number(a.id === standing.step));
}

/** A step that names nobody itself is one only where an earlier step has led to it. */
function expected(login: BoundLogin, step: LoginStep, standing: Standing): boolean {
  if (standing.kind === 'step' && standing.step === step.id) return true;
  const later = login.steps.some((each) => each.next?.step === step.id);
  return !later || step.account !== null;
}

/** Whether a request may turn out to be no step: it carries nothing, or the app uses the address for other things too. */
function mayBePlain(candidates: readonly LoginStep[], headers: HeaderFields, shared: boolean): boolean {
  return shared || (!headers.framed && candidates.every(({ type }) => type === 'basic'));
}

/**
 * Decides by the body which of the candidates a request is. Rejects, by throwing what is wrong with the body, whenever it is
 * not exactly one of the steps: whatever it is declared to be, some app reads name and password in it. Only with a session,
 * and where the app shares the address with other things (`shared`), may it turn out to be none. `harmless`: it holds none of the
 * fields that sign in.
 */
export function chooseStep(
  { app: { login }, standing }: Pick<Jar, 'app' | 'standing'>,
  candidates: readonly LoginStep[],
  request: { readonly headers: HeaderFields; readonly session: boolean },
  body: Read & { readonly harmless: boolean },
): Chosen {
  const { headers, session } = request;
  const shared = session && candidates.every(({ on }) => on.shared);
  if (!body.whole) {
    if (shared) return { kind: 'plain' };
    throw new SallyportError('body-too-large', 'larger than a sign-in');
  }
  for (const step of inOrder(candidates, standing)) {
    try {
      const read = readStep(step, headers, body.bytes, login.steps);
      if (read === 'not-this-step') continue;
      if (!expected(login, step, standing)) throw new SallyportError('conflict', 'a later step before an earlier one');
      return { kind: 'step', step, read };
    } catch (error) {
      if (shared && body.harmless) continue;
      throw error;
    }
  }
  if (!session) throw new SallyportError('sign-in-required', 'not a sign-in, and no session');
  if (!mayBePlain(candidates, headers, shared))
    throw new SallyportError('credentials-misplaced', 'at the address of a sign-in, and not the sign-in');
  return { kind: 'plain' };
}
