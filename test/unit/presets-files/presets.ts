import assert from 'node:assert/strict';
import type { BoundLogin, LoginStep } from '../../../src/config/login-types.ts';
import { compilePreset } from '../../../src/config/preset/compile.ts';
import { loadPreset, type PresetFile } from '../../../src/config/preset/load.ts';
import type { WholeAnswer } from '../../../src/presets/types.ts';
import { HeaderFields } from '../../../src/request/fields.ts';

export const ORIGIN = 'https://app.example.test';
export const NOW = Date.parse('2026-11-24T00:00:00Z');

/** A preset file that must be without fault. */
export function file(name: string): PresetFile {
  const loaded = loadPreset(name);
  assert.ok('preset' in loaded, `${name}: ${JSON.stringify('faults' in loaded ? loaded.faults : '')}`);
  return loaded;
}

/** A value of the right form for each parameter that an operator must give. */
function needed({ preset }: PresetFile): Record<string, string> {
  const missing = Object.entries(preset.params ?? {}).filter(([, standard]) => standard === null);
  return Object.fromEntries(missing.map(([name]) => [name, name.includes('find') ? 'user: ([^<]+)<' : '/page']));
}

/** The preset as an app has it; whatever is wrong with it fails the test. */
export function bound(name: string, params: Readonly<Record<string, string>> = {}): BoundLogin {
  const loaded = file(name);
  const choice = {
    order: 'factor-first',
    recheckMs: 0,
    fill: undefined,
    doors: [],
    anon: [],
    whoami: undefined,
  } as const;
  const made = compilePreset(loaded.preset, { ...choice, params: { ...needed(loaded), ...params } }, ORIGIN);
  assert.deepEqual([...made.faults, ...made.choiceFaults], [], name);
  return made.login;
}

export function answer(
  status: number,
  headers: Readonly<Record<string, string | readonly string[]>>,
  body = '',
): WholeAnswer {
  const lines = Object.entries(headers).flatMap(([name, values]) => [values].flat().flatMap((value) => [name, value]));
  return { status, reason: '', headers: HeaderFields.of(lines), body: Buffer.from(body) };
}

export function stepOf(login: BoundLogin, id: string): LoginStep {
  const step = login.steps.find((each) => each.id === id);
  assert.ok(step, `step ${id}`);
  return step;
}
