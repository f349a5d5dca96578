import { pino } from 'pino';
import { type App, createApp } from '../../../src/app.ts';
import type { AppConfig, Config } from '../../../src/config/types.ts';
import { createEnrol } from '../../../src/enrol/enrol.ts';
import type { Enrol } from '../../../src/enrol/types.ts';
import type { Clock } from '../../../src/lib/clock.ts';
import { systemRandom } from '../../../src/lib/random.ts';
import { createLogin } from '../../../src/login/login.ts';
import type { Login } from '../../../src/login/types.ts';
import { MACHINE } from '../../../src/manage/authority.ts';
import type { ManageContext } from '../../../src/manage/context.ts';
import { createNotices } from '../../../src/notices/queue.ts';
import { LockDown } from '../../../src/sessions/lock-down.ts';
import type { AppId } from '../plan/types.ts';
import { configure, type Place } from './place.ts';

/** A clock that stands where it was put; time that has passed has passed for both of its hands. */
export class MovedClock implements Clock {
  #wall: number;
  #mono = 1_000_000;

  constructor(wall: number) {
    this.#wall = wall;
  }

  now = (): number => this.#wall;
  monotonic = (): number => this.#mono;

  /** Throws for a moment that has been. */
  moveTo(wall: number): void {
    if (wall < this.#wall) throw new RangeError('time does not go back');
    this.#mono += wall - this.#wall;
    this.#wall = wall;
  }
}

/** The product itself, running on its database by a clock that is moved. */
export class Estate {
  readonly clock: MovedClock;
  readonly place: Place;
  readonly login: Login;
  readonly enrol: Enrol;
  /** As a running server reads it when it is told of a change. */
  readonly lockDown: LockDown;
  #app: App;
  #config: Config;

  private constructor(place: Place, clock: MovedClock, app: App, config: Config) {
    this.place = place;
    this.clock = clock;
    this.#app = app;
    this.#config = config;
    this.lockDown = new LockDown(app.store, clock);
    const notices = createNotices({ clock, random: systemRandom, mail: () => this.#config.mail });
    const rooms = { store: app.store, clock, random: systemRandom, seal: app.seal, notices, lockDown: this.lockDown };
    this.login = createLogin(rooms);
    this.enrol = createEnrol(rooms);
  }

  /** Starts for the first time with this configuration. */
  static async begin(place: Place, clock: MovedClock, text: string): Promise<Estate> {
    const config = await configure(place, text, clock);
    const app = await createApp({
      config,
      log: pino({ level: 'error' }, { write: () => {} }),
      clock,
      random: systemRandom,
    });
    await app.listen();
    return new Estate(place, clock, app, config);
  }

  get app(): App {
    return this.#app;
  }

  get config(): Config {
    return this.#config;
  }

  /** Whoever runs the commands on the machine. */
  get office(): ManageContext {
    const { store } = this.#app;
    const { clock } = this;
    return {
      store,
      clock,
      random: systemRandom,
      config: this.#config,
      actor: 'cli:estate',
      authority: MACHINE,
      reach: 'all',
    };
  }

  appOf(id: AppId): AppConfig {
    const app = this.#config.apps.find((each) => each.id === id);
    if (app === undefined) throw new Error(`there is no app ${id}`);
    return app;
  }

  async reload(text: string): Promise<void> {
    const next = await configure(this.place, text, this.clock);
    await this.#app.reload(next);
    this.#config = next;
  }

  close(): Promise<void> {
    return this.#app.close();
  }
}
