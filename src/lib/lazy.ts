import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

/**
 * A package that is loaded when it is first used, and stays: for what holds much memory and many installations never
 * use. Synchronous; throws at first use when the package is not there. `T` is the type of the package's module.
 */
export function lazily<T>(name: string): () => T {
  let loaded: T | undefined;
  return () => {
    loaded ??= load(name) as T; // the caller names the type of what it asks for
    return loaded;
  };
}
