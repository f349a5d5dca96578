import { CommandRefused } from '../../terminal/exit.ts';

/** What helps where a scheme of HTTP signs people in (RFC 9110 §11). */
const PRESETS: ReadonlyMap<string, string> = new Map([
  ['basic', 'use the preset apache-basic, which is for any server that asks so'],
  ['digest', 'use the preset apache-digest, which is for any server that asks so'],
]);

/** The app has no page to sign in on: HTTP itself asks for the password, and no browser would find more. */
export class AskedByHttp extends CommandRefused {
  constructor(scheme: string | null) {
    const name = scheme ?? 'a scheme of its own';
    const remedy =
      PRESETS.get(name) ?? 'such a sign-in belongs to a connection or to another service, and no preset can bind it';
    super(`The app asks for the password by HTTP itself (401, ${name}), and not on a page: ${remedy}.`);
  }
}
