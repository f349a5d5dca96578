import { parseDuration } from '../lib/duration.ts';
import { CommandMisused } from '../terminal/exit.ts';

/** How long a link is to live, ms. Throws CommandMisused. */
export function lifeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = parseDuration(text);
  if (ms === undefined) throw new CommandMisused('--ttl must be a duration such as 30m, 24h or 3d.');
  return ms;
}
