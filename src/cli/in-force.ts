import { formatDuration } from '../lib/duration.ts';
import type { RollCall } from '../store/types.ts';
import { type Output, span, type Value } from '../terminal/output.ts';

/** Where a change is in force, as JSON has it. */
export function forceRecord({ confirmed, silent, ms, cut, cutMs }: RollCall): { readonly in_force: Value } {
  return {
    in_force: {
      confirmed,
      silent: silent.map(({ name, trustMs, quietMs = null }) => ({ node: name, trust_ms: trustMs, quiet_ms: quietMs })),
      ms,
      streams: cut,
      last_stream_ms: cutMs,
    },
  };
}

/** Where a change is in force, in words. Nothing where no server runs. */
export function tellForce(output: Output, { confirmed, silent }: RollCall): void {
  if (confirmed.length > 0) output.note(`In force on ${confirmed.join(', ')}.`);
  for (const { name, trustMs, quietMs } of silent) {
    const silence =
      quietMs === undefined
        ? `has not answered in ${formatDuration(trustMs)}`
        : `was last heard of ${span(quietMs)} ago, and is not waited for`;
    output.note(`${name} ${silence}: it has heard of this by itself, or it refuses everything until it has.`);
  }
}
