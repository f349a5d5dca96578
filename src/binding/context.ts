import type { Gate } from '../gate/gate.ts';
import type { Jars } from '../jar/types.ts';
import type { Clock } from '../lib/clock.ts';
import type { Random } from '../lib/random.ts';
import type { Login } from '../login/types.ts';
import type { Seal } from '../store/seal.ts';
import type { Store } from '../store/types.ts';

/** A request of our own, as it leaves; the path has no query. */
export interface Asked {
  readonly app: string;
  readonly method: string;
  readonly path: string;
  readonly id: string;
}

export interface BindingContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly seal: Seal;
  readonly gate: Gate;
  /** Hears of each question that is put to an app of our own accord. */
  readonly asked: (question: Asked) => void;
  readonly jars: Jars;
  readonly login: Login;
  /** Several processes may serve one browser: it is told which version of its jar it has seen. */
  readonly shared: boolean;
  /** Set-Cookie values of ours, once it is known what their names end in (`ExchangeContext.suffix`). */
  readonly setVisitor: (value: string) => (suffix: string) => string;
  readonly setJar: (version: number) => (suffix: string) => string;
}
