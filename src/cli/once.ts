import type { Command } from 'commander';
import { CommandMisused } from '../terminal/exit.ts';

/**
 * An option with one value is refused when it is given twice, or beside the one that takes it away: the first would be
 * ignored, and nobody would hear of it.
 */
export function givenOnce(command: Command): Command {
  const given = new Map<string, string>();
  for (const option of command.options) {
    const { long } = option;
    // Those that gather their values use each of them; a flag that is given twice says the same.
    if (long == null || option.variadic || option.parseArg !== undefined) continue;
    const name = option.attributeName();
    command.on(`option:${option.name()}`, () => {
      const before = given.get(name);
      given.set(name, long);
      if (before === undefined || (before === long && option.isBoolean())) return;
      throw new CommandMisused(
        before === long ? `${long} is given twice: give it once.` : `Give either ${before} or ${long}, not both.`,
      );
    });
  }
  return command;
}
