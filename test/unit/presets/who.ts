import type { BoundLogin, Whoami } from '../../../src/config/login-types.ts';
import type { WholeAnswer } from '../../../src/presets/types.ts';
import { whoIs } from '../../../src/presets/whoami.ts';
import { login, NOW } from './logins.ts';

/** The name, or `nobody` or `unclear`. */
export function who(of: BoundLogin, given: WholeAnswer): string {
  const found = whoIs(of, given, NOW);
  return found.kind === 'name' ? found.name : found.kind;
}

export function ask(whoami: Whoami, given: WholeAnswer): string {
  return who(login({ whoami }), given);
}
