import { SallyportError } from '../../src/errors.ts';
import type { WholeStore as Store } from '../../src/store/types.ts';

/** What happens to calls of the store; changed while the product runs. */
export class Faults {
  /** Every call waits this long, ms. */
  slowMs = 0;
  /** Which calls fail, by part and method (`sessions.byHash`, `transaction`, `audit.append`); null: none. */
  broken: ((call: string) => boolean) | null = null;
  /** Calls that were made. */
  readonly calls: string[] = [];

  /** As AppParts.store wants it. */
  readonly wrap = (opened: Store): Store => {
    const around = <T extends object>(part: string, inner: T): T =>
      new Proxy(inner, {
        get: (target, name, receiver) => {
          const value: unknown = Reflect.get(target, name, receiver);
          if (typeof name !== 'string') return value;
          const call = part === '' ? name : `${part}.${name}`;
          if (typeof value === 'object' && value !== null) return around(name, value);
          // What must go on while everything else fails: closing, and the feed, which has its own tests.
          if (typeof value !== 'function' || name === 'close' || name === 'watch') return value;
          if (name === 'transaction' || name === 'underAccount' || name === 'underAccounts' || name === 'underApps') {
            // The work comes last; what is locked for it comes before.
            return async (...given: unknown[]) => {
              await this.#before('transaction');
              const work = given.pop() as (tx: object, ...more: unknown[]) => Promise<unknown>;
              const watched = (tx: object, ...more: unknown[]) => work(around('', tx), ...more);
              return Reflect.apply(value, target, [...given, watched]) as Promise<unknown>;
            };
          }
          return async (...given: unknown[]) => {
            await this.#before(call);
            return Reflect.apply(value, target, given) as Promise<unknown>;
          };
        },
      });
    return around('', opened);
  };

  async #before(call: string): Promise<void> {
    this.calls.push(call);
    if (this.slowMs > 0) await new Promise((resolve) => setTimeout(resolve, this.slowMs));
    if (this.broken?.(call) === true) throw new SallyportError('store-unavailable', `${call} was made to fail`);
  }
}

const READS = /\.(?:by[A-Z]\w*|endedOf|list\w*|ofAccount|counts|recoveryLeft|credentialById|credentialsOf|due|get)$/;

/** Reads go on, writes do not: a full disk. */
export const diskFull = (call: string): boolean => call !== 'transaction' && !READS.test(call);
export const everything = (): boolean => true;
