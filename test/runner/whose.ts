import hooks, { AsyncLocalStorage, AsyncResource, type HookCallbacks } from 'node:async_hooks';

/**
 * node:test finds out whose an error is, and within which suite a test is declared, by a hook that follows every promise and
 * every handle of the process: up to a fifth of the processor time of a test that asks a database a lot. The same is known
 * without a hook, from the context that the engine carries along anyway. So node:test is loaded here with a hook that hears of
 * its own tests alone, and takes the test of the context for whatever it asks about.
 *
 * Where another version of Node asks for something else, its own way is in force: nothing is hidden by that.
 */

const current = new AsyncLocalStorage<AsyncResource>();
const heard = new Set<HookCallbacks>();

/** A test, a suite or one of their hooks: node:test has one for each. */
class Scope extends AsyncResource {
  constructor(...args: ConstructorParameters<typeof AsyncResource>) {
    super(...args);
    for (const { init } of heard) init?.(this.asyncId(), args[0], this.triggerAsyncId(), this);
  }

  override runInAsyncScope<This, Result>(
    fn: (this: This, ...args: unknown[]) => Result,
    thisArg?: This,
    ...args: unknown[]
  ): Result {
    return super.runInAsyncScope(() => current.run(this, () => Reflect.apply(fn, thisArg as This, args)));
  }
}

function createHook(callbacks: HookCallbacks) {
  const hook = {
    enable: () => {
      heard.add(callbacks);
      return hook;
    },
    disable: () => {
      heard.delete(callbacks);
      return hook;
    },
  };
  return hook;
}

const before = { ...hooks };
Object.assign(hooks, {
  AsyncResource: Scope,
  createHook,
  executionAsyncId: () => current.getStore()?.asyncId() ?? before.executionAsyncId(),
});
process.getBuiltinModule('node:test');
// For everybody else it is as it was.
const { AsyncResource: own, createHook: creates, executionAsyncId } = before;
Object.assign(hooks, { AsyncResource: own, createHook: creates, executionAsyncId });
