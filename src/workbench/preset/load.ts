import type { BoundLogin } from '../../config/login-types.ts';
import { compilePreset } from '../../config/preset/compile.ts';
import { isPresetName, loadPreset, readPreset } from '../../config/preset/load.ts';
import type { WrittenPreset } from '../../config/preset/schema.ts';
import { pathText } from '../../config/source.ts';
import { CommandMisused, CommandRefused } from '../../terminal/exit.ts';
import { describeFault } from '../../terminal/started.ts';

export interface Found {
  readonly file: string;
  readonly text: string;
  readonly preset: WrittenPreset;
  readonly login: BoundLogin;
}

/** Stands for the public origin where no app is meant. */
const SOME_ORIGIN = 'https://app.example';
const RECHECK_MS = 60_000;

/** `name=value` of `--param`, or of another option, gathered. Throws CommandMisused. */
export function paramsOf(given: readonly string[], option = '--param'): Record<string, string> {
  return Object.fromEntries(
    given.map((pair) => {
      const mark = pair.indexOf('=');
      if (mark < 1) throw new CommandMisused(`${option} must be NAME=VALUE.`);
      return [pair.slice(0, mark), pair.slice(mark + 1)];
    }),
  );
}

/**
 * A preset by its name or a file by its path, as it is in force for an app at `origin`. `shown`: parameters that an operator
 * must set stand for themselves. Throws CommandRefused with every fault.
 */
export function findPreset(
  nameOrFile: string,
  {
    params = {},
    origin = SOME_ORIGIN,
    shown = false,
  }: { params?: Record<string, string>; origin?: string; shown?: boolean } = {},
): Found {
  const loaded = isPresetName(nameOrFile) ? loadPreset(nameOrFile) : readPreset(nameOrFile);
  if ('faults' in loaded) throw faulty(loaded.file, loaded.faults.map(describeFault));
  const { preset, file, text, lineOf } = loaded;
  const unset = Object.entries(preset.params ?? {}).filter(([name, value]) => value === null && !(name in params));
  const stand = shown ? Object.fromEntries(unset.map(([name]) => [name, `/${name.toUpperCase()}`])) : {};
  const choice = {
    order: 'factor-first',
    recheckMs: RECHECK_MS,
    fill: undefined,
    params: { ...stand, ...params },
    doors: [],
    anon: [],
    whoami: undefined,
  } as const;
  const { login, faults, choiceFaults } = compilePreset(preset, choice, origin);
  const own = choiceFaults.map(({ path, message }) => `${pathText(path)}: ${message} Set it with --param NAME=VALUE.`);
  const all = [
    ...faults.map(({ path, message }) => describeFault({ path: pathText(path), line: lineOf(path), message })),
    ...own,
  ];
  // A word in place of an address makes no sound preset, but shows where it goes.
  if (all.length > 0 && !(shown && unset.length > 0)) throw faulty(file, all);
  return { file, text, preset, login };
}

function faulty(file: string, faults: readonly string[]): CommandRefused {
  if (faults.length === 1 && faults[0]?.startsWith('There is no preset')) return new CommandRefused(faults[0]);
  return new CommandRefused(`${file} has faults:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
}
