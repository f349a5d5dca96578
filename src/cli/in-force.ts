import { formatDuration } from '../lib/duration.ts';
import type { RollCall } from '../store/types.ts';
import type { Output, Value } from './output.ts';

/** Where a change is in force, as JSON has it. */
export function forceRecord({ confirmed, silent }: RollCall): { readonly in_force: Value } {
  return {
    in_force: {
      confirmed,
      silent: silent.map(({ name, trustMs }) => ({ node: name, trust_ms: trustMs })),
    },
  };
}

/** Where a change is in force, in words. Nothing where no server runs. */
export function tellForce(output: Output, { confirmed, silent }: RollCall): void {
  if (confirmed.length > 0) output.note(`In force on ${confirmed.join(', ')}.`);
  for (const { name, trustMs } of silent)
    output.note(
      `${name} has not answered in ${formatDuration(trustMs)}: it has heard of this by itself, or it refuses everything until it has.`,
    );
}
