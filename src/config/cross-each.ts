import type { View } from './check.ts';
import type { WrittenApp } from './schema.ts';
import type { Path } from './source.ts';

export function* apps(view: View): Generator<readonly [id: string, app: WrittenApp, path: Path]> {
  for (const [id, app] of Object.entries(view.sound.apps)) yield [id, app, ['apps', id]];
}

/** Values that stand for the same thing as an earlier one. */
export function* repeated<T>(items: Iterable<readonly [key: string, item: T]>): Generator<T> {
  const seen = new Set<string>();
  for (const [key, item] of items) {
    if (seen.has(key)) yield item;
    seen.add(key);
  }
}
