import { SallyportError } from '../errors.ts';
import type { Admission } from '../gate/admission.ts';
import type { Jar, JarOwner } from '../jar/types.ts';
import { soon } from '../lib/soon.ts';
import type { Session } from '../sessions/session.ts';
import type { BindingContext } from './context.ts';
import { jarApp } from './jars.ts';

const WAIT_STEP_MS = 100;
/** A login step that takes longer has failed by then. */
const WAIT_MS = 60_000;

/** The jar of a session; one that began with a held sign-in at the app takes it over. */
export class SessionJars {
  readonly #ctx: BindingContext;
  /** Jars that are known to have nothing to take over. */
  readonly #looked = new WeakSet<Jar>();

  constructor(ctx: BindingContext) {
    this.#ctx = ctx;
  }

  of(admission: Admission, session: Session, jarVersion: number): Jar | Promise<Jar> {
    const owner: JarOwner = { kind: 'session', id: session.id, expiresAt: session.expiresAt };
    const jar = this.#ctx.jars.of(owner, jarApp(admission.app), jarVersion);
    return soon(jar, (known) =>
      known.version > 0 || this.#looked.has(known) ? known : this.#ready(admission, owner, known),
    );
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
