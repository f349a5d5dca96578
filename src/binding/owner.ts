import { SallyportError } from '../errors.ts';
import type { Admission } from '../gate/admission.ts';
import type { Jar, JarOwner } from '../jar/types.ts';
import { sha256 } from '../lib/bytes.ts';
import { randomToken } from '../lib/random.ts';
import type { Session } from '../sessions/session.ts';
import type { BindingContext } from './context.ts';
import { jarApp } from './jars.ts';
import type { Around } from './types.ts';

/** A visitor's jar is kept this long after its last change, ms. */
const VISITOR_LIFE = 30 * 60_000;
const WAIT_STEP_MS = 100;
/** A login step that takes longer has failed by then. */
const WAIT_MS = 60_000;

const VISITOR = /^[A-Za-z0-9_-]{43}$/;

export interface Visited {
  readonly jar: Jar;
  /** Value of a visitor cookie that the browser does not have yet; null: it has it. */
  readonly fresh: string | null;
}

/** The jar of somebody who has not signed in. A value that is not of our making names none: a new one is given. */
export async function visitorJar(ctx: BindingContext, admission: Admission, around: Around): Promise<Visited> {
  const shown = around.visitor !== null && VISITOR.test(around.visitor) ? around.visitor : null;
  const expiresAt = ctx.clock.now() + VISITOR_LIFE;
  const of = async (value: string): Promise<Jar> => {
    const owner: JarOwner = { kind: 'visitor', id: sha256(value), expiresAt };
    return ctx.jars.of(owner, jarApp(admission.app), around.seen);
  };
  if (shown !== null) {
    const jar = await of(shown);
    // Only what we have given out is taken: a value planted by somebody else names an empty jar, and is replaced.
    if (jar.version > 0) return { jar, fresh: null };
  }
  const fresh = randomToken(ctx.random, 32);
  return { jar: await of(fresh), fresh };
}

/** The jar of a session; one that began with a held sign-in at the app takes it over. */
export class SessionJars {
  readonly #ctx: BindingContext;
  /** Jars that are known to have nothing to take over. */
  readonly #looked = new WeakSet<Jar>();

  constructor(ctx: BindingContext) {
    this.#ctx = ctx;
  }

  of(admission: Admission, session: Session, seen: number): Jar | Promise<Jar> {
    const owner: JarOwner = { kind: 'session', id: session.id, expiresAt: session.expiresAt };
    const jar = this.#ctx.jars.of(owner, jarApp(admission.app), seen);
    if (jar instanceof Promise) return jar.then((loaded) => this.#ready(admission, owner, loaded));
    return jar.version > 0 || this.#looked.has(jar) ? jar : this.#ready(admission, owner, jar);
  }

  async #ready(admission: Admission, owner: JarOwner, jar: Jar): Promise<Jar> {
    if (jar.version > 0 || this.#looked.has(jar)) return jar;
    const { store, seal, clock, jars } = this.#ctx;
    const held = await store.holds.byHolder(owner.id);
    // Another node may have taken it over since the jar was read.
    if (held === undefined) {
      const again = await jars.of(owner, jarApp(admission.app), 1);
      if (again.version === 0) this.#looked.add(again);
      return again;
    }
    if (held.appId !== admission.app.id || clock.now() >= held.expiresAt) {
      this.#looked.add(jar);
      return jar;
    }
    const serialised = seal.open(held.jar, { table: 'holds', column: 'jar', row: held.id });
    return jars.adopt(owner, jarApp(admission.app), serialised, held.target);
  }
}

/** Settles once no login step is under way with the jar. Rejects with `conflict` when that takes too long. */
export async function whenFree(jar: Jar): Promise<void> {
  for (let waited = 0; jar.busy; waited += WAIT_STEP_MS) {
    if (waited >= WAIT_MS) throw new SallyportError('conflict', 'a sign-in at the app is under way');
    await new Promise((resolve) => setTimeout(resolve, WAIT_STEP_MS));
  }
}
