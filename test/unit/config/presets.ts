import type { BoundLogin } from '../../../src/config/login-types.ts';
import { type Choice, compilePreset } from '../../../src/config/preset/compile.ts';
import { readPreset } from '../../../src/config/preset/load.ts';
import { pathText } from '../../../src/config/source.ts';

export const ORIGIN = 'https://portal.example.org';

/** Of an operator who says nothing besides. */
export const CHOICE: Choice = {
  order: 'factor-first',
  recheckMs: 60_000,
  fill: undefined,
  params: {},
  doors: [],
  anon: [],
  whoami: undefined,
};

/** A fault as people see it: `line: path: sentence`. */
export interface Compiled {
  readonly login: BoundLogin | undefined;
  readonly faults: readonly string[];
}

/** Reads a preset file and compiles it for an app at ORIGIN. */
export function compileFile(file: string, choice: Partial<Choice> = {}): Compiled {
  const loaded = readPreset(file);
  if ('faults' in loaded)
    return { login: undefined, faults: loaded.faults.map(({ line, path, message }) => `${line}: ${path}: ${message}`) };
  const { login, faults, choiceFaults } = compilePreset(loaded.preset, { ...CHOICE, ...choice }, ORIGIN);
  const inFile = faults.map(({ path, message }) => `${loaded.lineOf(path)}: ${pathText(path)}: ${message}`);
  const outside = choiceFaults.map(({ path, message }) => `choice: ${pathText(path)}: ${message}`);
  return { login, faults: [...inFile, ...outside] };
}
