import type { BoundLogin, Predicate } from '../../config/login-types.ts';
import { placeOf } from '../../presets/readable.ts';

/** Versions that a preset was tried with, or that there are none. */
export function testedText(tested: readonly string[]): string {
  return tested.length === 0 ? 'from documentation' : tested.join(', ');
}

/** `POST /login (form)` for each step. */
export function stepsText({ steps, authorization }: BoundLogin): readonly string[] {
  if (steps.length === 0) return authorization.map((scheme) => `${scheme} on every request`);
  return steps.map(({ on, type }) => {
    const paths = on.paths.map((path) => placeOf(path, on.query)).join(' or ');
    return `${on.method} ${paths} (${type})`;
  });
}

/** What an answer must be like, in one line. */
export function predicateText(predicate: Predicate): string {
  const { status, location, cookie, nocookie, headers, body, json, xml, probe } = predicate;
  return [
    status === null ? '' : `status ${status.join(' or ')}`,
    location === null ? '' : `Location ~ ${location.source}`,
    cookie === null ? '' : `sets ${cookie.source}`,
    nocookie === null ? '' : `does not set ${nocookie.source}`,
    ...[...headers].map(([name, pattern]) => `${name} ~ ${pattern.source}`),
    body === null ? '' : `body ~ ${body.source}`,
    ...[...json, ...xml].map(([place, pattern]) => `${place} ~ ${pattern.source}`),
    probe === null ? '' : `whoami says ${probe ? 'a name' : 'nobody'}`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}

/** How the app is asked who is signed in. */
export function whoamiText({ whoami }: BoundLogin): string {
  if (whoami === null) return 'the app cannot be asked';
  const { ask, name } = whoami;
  const where = {
    body: () => (name.in === 'body' ? `its page, ${name.find.source}` : ''),
    header: () => (name.in === 'header' ? `its header ${name.name}, ${name.find.source}` : ''),
    location: () => (name.in === 'location' ? `its redirect, ${name.find.source}` : ''),
    json: () => (name.in === 'json' ? `its JSON at ${name.pointer}` : ''),
    cookie: () => (name.in === 'cookie' ? `its cookie ${name.name.source}` : ''),
  }[name.in]();
  return `${ask === null ? 'the answer to the sign-in' : `${ask.method} ${ask.target}`}: the name in ${where}`;
}
