import type { Words } from '../../../words/shape.ts';

/** An act or a list, with what it does in English (manage/operations.ts). */
export interface Named {
  readonly name: string;
  readonly does: string;
}

/** Where an operation belongs, by what its name begins with; all else belongs to running the installation. */
const AREAS = {
  people: ['account', 'app-name', 'authenticator', 'ticket', 'invitation'],
  sessions: ['session', 'lock-down'],
  organisations: ['organisation', 'role', 'directory'],
  programs: ['token'],
} as const;

export type Area = keyof typeof AREAS | 'running';

export const AREA_NAMES: readonly Area[] = ['people', 'sessions', 'organisations', 'programs', 'running'];

export function areaOf({ name }: Pick<Named, 'name'>): Area {
  const begins = name.split('.', 1)[0];
  const found = AREA_NAMES.find((area) => area !== 'running' && AREAS[area].some((each) => each === begins));
  return found ?? 'running';
}

/** What an operation does, in the reader's language; in English where nobody has written it yet. */
export function operationWords({ consoleOperations }: Words, { name, does }: Named): string {
  const said: Readonly<Record<string, string>> = consoleOperations;
  return Object.hasOwn(said, name) ? (said[name] ?? does) : does;
}
