import type { BoundLogin } from '../../../src/config/login-types.ts';
import { createJars } from '../../../src/jar/jars.ts';
import type { Jar, JarApp, JarOwner, Jars } from '../../../src/jar/types.ts';
import { compilePattern } from '../../../src/lib/pattern.ts';
import { systemRandom } from '../../../src/lib/random.ts';
import type { JarStore } from '../../../src/store/binding-types.ts';
import { createSeal, type Seal } from '../../../src/store/seal.ts';
import type { WholeStore as Store } from '../../../src/store/types.ts';
import { TestClock } from '../../support/clock.ts';
import { accountRow, sessionRow } from '../../support/rows.ts';
import type { OnStore } from '../../support/stores.ts';

export const MINUTE = 60_000;
const KEY = new Uint8Array(32).fill(7);

export function jarApp(set: Partial<JarApp> = {}): JarApp {
  const login = { kind: 'bound', sessionCookies: [compilePattern('^sid$')] } as Partial<BoundLogin> as BoundLogin;
  return { id: 'portal', origin: 'https://portal.example.org', login, ...set };
}

/** One process: its jars, and how it uses the store. */
export interface Node {
  readonly jars: Jars;
  readonly store: Store;
  /** Statements on jars that were sent. */
  calls(): number;
  /** The next calls of this method fail. */
  fail(method: keyof JarStore | null): void;
}

export interface World {
  readonly clock: TestClock;
  readonly seal: Seal;
  readonly owner: JarOwner;
  readonly visitor: JarOwner;
  node(options?: { readonly watch?: boolean }): Promise<Node>;
}

function counted(store: Store): Pick<Node, 'store' | 'calls' | 'fail'> {
  let calls = 0;
  let failing: keyof JarStore | null = null;
  const seen = <A extends unknown[], R>(method: keyof JarStore, call: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      calls += 1;
      if (failing === method) throw Object.assign(new Error('made to fail'), { code: 'store-unavailable' });
      return call(...args);
    };
  };
  const { jars } = store;
  const wrapped: JarStore = {
    byId: seen('byId', jars.byId),
    insert: seen('insert', jars.insert),
    update: seen('update', jars.update),
    remove: seen('remove', jars.remove),
    purge: seen('purge', jars.purge),
  };
  return {
    store: { ...store, jars: wrapped },
    calls: () => calls,
    fail: (method) => {
      failing = method;
    },
  };
}

/** A session of an account, and as many processes on its database as are asked for. */
export async function world(on: OnStore): Promise<World> {
  const clock = new TestClock();
  const seal = createSeal(KEY, systemRandom);
  const now = clock.now();
  await on.store.accounts.insert(accountRow());
  await on.store.sessions.insert(sessionRow({ createdAt: now, lastSeenAt: now, expiresAt: now + 8 * 60 * MINUTE }));
  return {
    clock,
    seal,
    owner: { kind: 'session', id: 'ses-1', expiresAt: now + 8 * 60 * MINUTE },
    visitor: { kind: 'visitor', id: 'visitor-1', expiresAt: now + 30 * MINUTE },
    async node({ watch = true } = {}) {
      const { store, calls, fail } = counted(await on.another(clock));
      const jars = createJars({ store, seal, clock });
      if (watch) {
        const feed = await store.watch({
          change: ({ topic, ref }) => {
            if (topic === 'jar') jars.forget(ref);
          },
          lost: () => jars.forget('*'),
        });
        on.t.after(() => feed.stop());
      }
      return { jars, store, calls, fail };
    },
  };
}

/** The app answers a request with these cookies. */
export async function brings(jars: Jars, jar: Jar, ...setCookies: string[]): Promise<boolean> {
  const receiving = jars.receive(jar, { generation: jar.generation, target: '/', setCookies });
  await receiving;
  return receiving !== undefined;
}

/** Waits until it holds, at most five seconds. */
export async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 250 && !holds(); i += 1) await new Promise((resolve) => setTimeout(resolve, 20));
  if (!holds()) throw new Error('it never came to be so');
}
