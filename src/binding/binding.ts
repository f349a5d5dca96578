import { SallyportError } from '../errors.ts';
import type { Admission } from '../gate/admission.ts';
import type { Jar } from '../jar/types.ts';
import { soon } from '../lib/soon.ts';
import { readHeadOf } from '../presets/reading.ts';
import type { Passage } from '../proxy/passage.ts';
import { parseTarget, pathOf } from '../request/target.ts';
import type { Session } from '../sessions/session.ts';
import { readAhead } from './ahead.ts';
import { readAnswer } from './answer.ts';
import { readLoginBody } from './body.ts';
import { chooseStep } from './choose.ts';
import type { BindingContext } from './context.ts';
import { isHarmless, refuseBody, scannerFor } from './guard.ts';
import { JarPassage } from './jar-passage.ts';
import { boundLogin } from './jars.ts';
import { SessionJars, whenFree } from './owner.ts';
import { closedPassage, givenOut } from './passages.ts';
import { Prover } from './prover.ts';
import { SessionPassages } from './session-passage.ts';
import { signInBefore, signInWithin } from './sign-in.ts';
import type { Binding, ExchangeContext, StepContext, StepResult } from './types.ts';
import { type VisitorJar, visitorJar } from './visitor.ts';

/** Binds the logins of apps to the second factor. Errors and answers as in types.ts. */
export function createBinding(ctx: BindingContext): Binding {
  const prover = new Prover(ctx);
  const sessionJars = new SessionJars(ctx);
  const passages = new SessionPassages(ctx, sessionJars, prover);

  return {
    passage(admission, context) {
      if (isOfSession(admission)) return passages.of(admission, context);
      if (admission.kind === 'surface') refuseBody(admission.headers);
      if (admission.kind === 'surface' && admission.surface?.static === false)
        return surfacePassage(ctx, admission, context);
      const login = boundLogin(admission.app);
      const scan = scannerFor(admission);
      return { ...closedPassage(admission.app, login, context.origin), scan };
    },

    release(admission, context) {
      const { session, method } = admission;
      if (session === null || method !== 'GET' || context.upgrade) return null;
      return soon(sessionJars.of(admission, session, context.jarVersion), (jar) =>
        jar.held === admission.target ? release(ctx, prover, { admission, session, jar }, context) : null,
      );
    },

    step: (admission, context) => takeStep({ ctx, prover, sessionJars, passages }, admission, context),
  };
}

interface BindingParts {
  readonly ctx: BindingContext;
  readonly prover: Prover;
  readonly sessionJars: SessionJars;
  readonly passages: SessionPassages;
}

/** Tells by its body whether a request is a login step, and takes it as one, or as any other of the session. */
async function takeStep(
  { ctx, prover, sessionJars, passages }: BindingParts,
  admission: Admission<'step'>,
  context: StepContext,
): Promise<StepResult> {
  const login = boundLogin(admission.app);
  const { session, request, method, headers } = admission;
  if (method === 'GET') refuseBody(headers);
  const body = method === 'GET' ? { bytes: Buffer.alloc(0), whole: true } : await readLoginBody(request);
  if (body.whole) await readAhead(login, body.bytes);
  // Asked before anything is known of the jar, since others may have their turn meanwhile.
  const harmless = session !== null && (await isHarmless(admission, body));
  const visitor = session === null ? await visitorJar(ctx, admission, context) : null;
  const jar = visitor?.jar ?? (session === null ? null : await sessionJars.of(admission, session, context.jarVersion));
  if (jar === null) throw new SallyportError('internal', 'a step without a jar');
  await whenFree(jar);
  const reading = readHeadOf(login, method, parseTarget(admission.target, admission.app.target), headers);
  const steps = reading.kind === 'step' ? reading.steps : [];
  const chosen = chooseStep(jar, steps, { headers, session: session !== null }, { ...body, harmless });
  if (chosen.kind === 'plain') {
    const plain = ctx.gate.plain(admission);
    const passage = await passages.of(plain, context, method === 'GET' ? undefined : body);
    return { kind: 'plain', admission: plain, passage };
  }
  const parts = { ctx, prover, admission, context, login, jar, step: chosen.step, read: chosen.read };
  if (session !== null) return signInWithin(parts, session);
  const result = await signInBefore(parts);
  return result.kind === 'answer' && visitor !== null ? withVisitor(ctx, result, visitor) : result;
}

function isOfSession(admission: Admission): admission is Admission<'session'> {
  return admission.kind === 'session';
}

/** A sign-in that came to nothing leaves nothing behind: the browser carries the jar again. */
async function withVisitor(
  ctx: BindingContext,
  result: StepResult & { kind: 'answer' },
  visitor: VisitorJar,
): Promise<StepResult> {
  if (visitor.jar.standing.kind === 'open') await ctx.jars.handOut(visitor.jar);
  return { ...result, cookies: [...result.cookies, ...(await visitor.cookies())] };
}

/** A page of the app for somebody who has not signed in: with a jar of the visitor's own. */
async function surfacePassage(ctx: BindingContext, admission: Admission, context: ExchangeContext): Promise<Passage> {
  const visitor = await visitorJar(ctx, admission, context);
  const { jar } = visitor;
  await whenFree(jar);
  return new JarPassage(ctx, {
    admission,
    login: boundLogin(admission.app),
    jar,
    origin: context.origin,
    suffix: context.suffix,
    authorization: () => null,
    fill: null,
    scan: null,
    resized: false,
    navigation: context.navigation,
    logout: false,
    cookies: () => visitor.cookies(),
    prove: () => undefined,
    unproven: () => false,
  });
}

/** The answer that waited for the second factor, as if nothing had been between; taken by one request, once. */
async function release(
  ctx: BindingContext,
  prover: Prover,
  { admission, session, jar }: { admission: Admission<'session'>; session: Session; jar: Jar },
  context: ExchangeContext,
): Promise<StepResult | null> {
  const { app, target } = admission;
  const held = await ctx.store.holds.take(session.id);
  await ctx.jars.released(jar);
  if (held === undefined || held.appId !== app.id || held.target !== target || ctx.clock.now() >= held.expiresAt)
    return null;
  const answer = readAnswer(ctx.seal.open(held.answer, { table: 'holds', column: 'answer', row: held.id }));
  await prover.note(admission, session, { kind: 'app.released', outcome: 'ok', detail: { path: pathOf(target) } });
  prover.told(jar);
  return { kind: 'answer', answer, passage: givenOut(app, boundLogin(app), context.origin), cookies: [] };
}
