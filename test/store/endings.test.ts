import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KyselyPlugin } from 'kysely';
import { createEnrol } from '../../src/enrol/enrol.ts';
import { systemRandom } from '../../src/lib/random.ts';
import { createLogin } from '../../src/login/login.ts';
import { disableAccount, removeAccount } from '../../src/manage/accounts.ts';
import { removeAuthenticator } from '../../src/manage/authenticators.ts';
import type { ManageContext } from '../../src/manage/context.ts';
import { revokeSessions } from '../../src/manage/sessions.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openDatabase } from '../../src/store/open.ts';
import { createStore } from '../../src/store/store.ts';
import type { WholeStore } from '../../src/store/types.ts';
import { freshConfig } from '../support/stores.ts';
import { begun, codeAt, enrolled, openWorld, type Person, type World } from '../unit/login/world.ts';

/** Lets the work go on to its n-th answer of the database, and no further until it is told to. */
class Pause {
  #left = Number.POSITIVE_INFINITY;
  #reached: () => void = () => {};
  #go: Promise<void> = Promise.resolve();
  readonly plugin: KyselyPlugin = {
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      this.#left -= 1;
      if (this.#left === 0) {
        this.#reached();
        await this.#go;
      }
      return result;
    },
  };

  /** `reached` settles there; `go` lets it go on. */
  after(n: number): { reached: Promise<void>; go: () => void } {
    let go = (): void => {};
    this.#left = n;
    this.#go = new Promise((resolve) => {
      go = resolve;
    });
    const reached = new Promise<void>((resolve) => {
      this.#reached = resolve;
    });
    return { reached, go };
  }
}

/** What ends access, whoever comes first: nobody is signed in afterwards. */
const ENDINGS: Readonly<Record<string, (manage: ManageContext, person: Person) => Promise<unknown>>> = {
  'account disable': (manage, { id }) => disableAccount(manage, id),
  'account remove': (manage, { id }) => removeAccount(manage, id),
  'session revoke --account': (manage, { id }) => revokeSessions(manage, { by: 'account', account: id }),
  'authenticator remove': async (manage, { id }) => {
    const rows = await manage.store.authenticators.ofAccount(id);
    return removeAuthenticator(manage, rows.find((row) => row.kind === 'totp')?.id ?? '');
  },
};

/** The same services on another store. */
function on(world: World, store: WholeStore): World {
  const { clock, seal, notices } = world;
  const context = { store, clock, seal, random: systemRandom, notices };
  const manage = { ...world.manage, ...context };
  return { ...world, store, manage, login: createLogin(context), enrol: createEnrol(context) };
}

for (const kind of ['sqlite', 'postgres'] as const) {
  for (const [what, end] of Object.entries(ENDINGS)) {
    test(`${kind}: a sign-in that stands still anywhere while "${what}" is done leaves no session`, async (t) => {
      const config = await freshConfig(t, kind);
      const world = await openWorld();
      const { clock } = world;
      const [one, two] = [openDatabase(config, { clock }), openDatabase(config, { clock })];
      t.after(async () => {
        await Promise.all([one.close(), two.close(), world.close()]);
      });
      await migrate(one, clock);
      const pause = new Pause();
      const slow = on(world, createStore({ ...one, db: one.db.withPlugin(pause.plugin) }, clock));
      const other = on(world, createStore(two, clock));
      const caller = other.caller(other.portal);
      for (let n = 1; ; n += 1) {
        const name = `person${n}`;
        const person = await enrolled(other, other.portal, name);
        const pending = await begun(other, caller, name);
        const { reached, go } = pause.after(n);
        const signIn = slow.login.second(caller, pending, 'totp', codeAt(person.secret, clock.at)).then(
          () => 'signed in',
          () => 'refused',
        );
        const still = await Promise.race([reached.then(() => true), signIn.then(() => false)]);
        // Past its last statement nothing is left to stand still at.
        if (!still) {
          assert.equal(await signIn, 'signed in');
          assert.ok(n > 8, `only ${n} statements`);
          break;
        }
        const ended = end(other.manage, person);
        // It is done, or waits for the sign-in.
        await Promise.race([ended, sleep(30)]);
        go();
        await Promise.all([ended, signIn]);
        const live = await other.store.sessions.listLive(clock.at, { accountId: person.id });
        assert.deepEqual(live, [], `after statement ${n}`);
      }
    });
  }
}
