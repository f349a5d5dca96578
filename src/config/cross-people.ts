import type { View } from './check.ts';
import { LEAST_CONTRAST, readable, worstGround } from './contrast.ts';
import { type Finding, valueAt } from './source.ts';

const COLOURS = [
  ['accent', 'light', 'accent_dark'],
  ['accent_dark', 'dark', 'accent'],
] as const;

/**
 * Links in the colour must be readable on both grounds of their scheme, and each scheme needs a colour. Text on buttons
 * needs no check of its own (`contrast.ts`).
 */
export function* checkColours({ sound, raw }: View): Generator<Finding> {
  for (const [key, scheme, other] of COLOURS) {
    const colour = sound.pages[key];
    const path = ['pages', key];
    if (colour === undefined) continue;
    const worst = worstGround(colour, scheme);
    const suggestion = readable(colour, scheme);
    if (worst.ratio < LEAST_CONTRAST) {
      // Rounded down, so that 4.49 does not read as enough.
      const ratio = Math.floor(worst.ratio * 100) / 100;
      yield {
        path,
        message: `Links in this colour have a contrast of ${ratio}:1 on ${worst.ground}, and WCAG 2.2 §1.4.3 asks for ${LEAST_CONTRAST}:1. The nearest that has it: "${suggestion}".`,
      };
    }
    if (valueAt(raw, ['pages', other]) === undefined) {
      const name = scheme === 'light' ? 'dark' : 'light';
      const example = readable(colour, name);
      yield { path, message: `Pages are light or dark as the browser asks. Give ${other} too, such as "${example}".` };
    }
  }
}

/** What can be said of mail without looking at files and the environment. */
export function* checkMail({ sound }: View): Generator<Finding> {
  if (sound.mail === undefined) return;
  const { server, password_file, ca } = sound.mail;
  if (password_file !== undefined && server.user === null) {
    const message = 'This password is of no user. Write the user in server, as smtps://user@host, or remove it.';
    yield { path: ['mail', 'password_file'], message };
  }
  if (server.tls === 'none' && ca !== undefined) {
    const message = 'On this machine mail goes without TLS. Remove ca, or write smtps:// in server.';
    yield { path: ['mail', 'ca'], message };
  }
}
