/**
 * Uses a value at once where it is known, else when it comes. The one place that tells the two apart: what is known goes on
 * without a turn of the event loop, so that a request of a known session is on its way to the app before another is looked at.
 */
export function soon<T, R>(value: T | Promise<T>, use: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(use) : use(value);
}
