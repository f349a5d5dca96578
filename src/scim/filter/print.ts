import { writePath } from './name.ts';
import type { Filter } from './types.ts';

/** A filter as text, which is read as the same filter again. */
export function printFilter(filter: Filter): string {
  switch (filter.kind) {
    case 'present':
      return `${writePath(filter.path)} pr`;
    case 'compare':
      return `${writePath(filter.path)} ${filter.op} ${JSON.stringify(filter.value)}`;
    case 'values':
      return `${writePath(filter.path)}[${printFilter(filter.where)}]`;
    case 'not':
      return `not (${printFilter(filter.of)})`;
    case 'and':
    case 'or':
      return filter.all.map((each) => within(filter.kind, each)).join(` ${filter.kind} `);
    default:
      return filter satisfies never;
  }
}

function within(kind: 'and' | 'or', part: Filter): string {
  const bare = part.kind === 'and' ? kind === 'or' : part.kind !== 'or';
  return bare ? printFilter(part) : `(${printFilter(part)})`;
}
