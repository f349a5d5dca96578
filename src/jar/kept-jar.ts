import type { Clock } from '../lib/clock.ts';
import { Linked } from '../lib/linked.ts';
import { size } from './cookies.ts';
import { type Headers, headersOf } from './headers.ts';
import type { Found, State } from './state.ts';
import type { Brought, Jar, JarApp, JarOwner, Received, Standing, Stood } from './types.ts';

/** An answer that waits to be written. */
export interface Waiting {
  readonly brought: Brought;
  readonly resolve: (received: Received) => void;
  readonly reject: (error: unknown) => void;
}

/** What a jar takes up besides its texts, bytes, roughly. */
const OVERHEAD = 1500;

/** A jar in memory. Its state is replaced by `memory.ts` and `changes.ts` alone. */
export class KeptJar implements Jar {
  readonly id: string;
  readonly sessionId: string | null;
  /** What the row says next time that it is written. */
  expiresAt: number;
  /** When the row as it stands is over. */
  until: number;
  /** The browser carries it: it stands in no row. */
  loose: boolean;
  /** Whether it may be so: a visitor's whose browser takes it. */
  readonly mayBeLoose: boolean;
  /** Changes while it was loose; the browser may bring a newer one than this process has. */
  turn = 0;
  /** Not to be believed before it has been read again. */
  stale = false;
  /** Own writes whose announcement has not come back yet. */
  expected = 0;
  /** Calls that change or read it, under way or waiting; they follow each other. */
  queued = 0;
  tail: Promise<unknown> = Promise.resolve();
  waiting: Waiting[] = [];
  readonly #clock: Clock;
  readonly #underWay = new Linked<() => void>();
  #app: JarApp;
  #headers: Headers;
  #state: State;
  #version: number;

  constructor(clock: Clock, owner: JarOwner, app: JarApp, { version, state, until }: Found) {
    this.#clock = clock;
    this.id = owner.id;
    this.sessionId = owner.kind === 'session' ? owner.id : null;
    this.mayBeLoose = owner.kind === 'visitor' && owner.carried !== undefined;
    this.expiresAt = owner.expiresAt;
    this.until = until;
    this.loose = version === 0 && this.mayBeLoose;
    this.#app = app;
    this.#version = version;
    this.#state = state;
    this.#headers = headersOf(app, state, clock.now());
  }

  get app(): JarApp {
    return this.#app;
  }

  get state(): State {
    return this.#state;
  }

  get version(): number {
    return this.#version;
  }

  get generation(): number {
    return this.#state.generation;
  }

  get standing(): Standing {
    return this.#state.standing;
  }

  get held(): string | null {
    return this.#state.held;
  }

  get busy(): boolean {
    const { busyUntil } = this.#state;
    return busyUntil > 0 && busyUntil > this.#clock.now();
  }

  get inUse(): boolean {
    return this.#underWay.size > 0;
  }

  /** Bytes that it takes up, roughly. */
  get weight(): number {
    const tokens = this.#state.vault.reduce((sum, [standIn, token]) => sum + standIn.length + token.length, 0);
    return OVERHEAD + size(this.#state.cookies) + tokens;
  }

  /** The same app in a newer configuration. */
  rebind(app: JarApp): void {
    this.#app = app;
    this.#headers = headersOf(app, this.#state, this.#clock.now());
  }

  /** Another generation ends what is under way with the cookies of the old one. */
  replace(version: number, state: State): void {
    const ends = state.generation !== this.#state.generation;
    this.#version = version;
    this.#state = state;
    this.#headers = headersOf(this.#app, state, this.#clock.now());
    if (!ends) return;
    this.#underWay.forEach((cut, place) => {
      place.leave();
      cut();
    });
  }

  /** Runs the work after all that was asked of this jar before. */
  serially<T>(work: () => Promise<T>): Promise<T> {
    this.queued += 1;
    const run = this.tail.then(work).finally(() => {
      this.queued -= 1;
    });
    this.tail = run.catch(() => {});
    return run;
  }

  cookieFor(target: string): string | null {
    return this.#state.cookies.length === 0 ? null : this.#headers.of(target, this.#clock);
  }

  credentials(): string {
    return this.#state.cookies.length === 0 ? '' : this.#headers.credentials(this.#clock);
  }

  /** What it holds in that state. */
  as(state: State): Stood {
    const [clock, headers] = [this.#clock, headersOf(this.#app, state, this.#clock.now())];
    return {
      cookieFor: (target) => headers.of(target, clock),
      credentials: () => headers.credentials(clock),
    };
  }

  token(standIn: string): string | undefined {
    return this.#state.vault.find(([name]) => name === standIn)?.[1];
  }

  inFlight(cut: () => void): () => void {
    const place = this.#underWay.add(cut);
    return () => void place.leave();
  }
}
