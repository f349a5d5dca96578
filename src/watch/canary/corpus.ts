import type { AppConfig } from '../../config/types.ts';
import { framings, upgrades } from './corpus-connections.ts';
import { cookies, fields, hosts } from './corpus-fields.ts';
import { paths, targets } from './corpus-targets.ts';
import { Maker } from './maker.ts';
import type { Probe } from './types.ts';

/** Paths that answer without a session: ours, those of exemptions, and the pages that an app shows before its own sign-in. */
function openPaths({ exemptions, login }: AppConfig): string[] {
  const own = ['/.sallyport/health', '/.sallyport/assets/', '/.sallyport/sign-in', '/.well-known/webauthn'];
  const entry = login.kind === 'bound' ? [login.entry.split('?', 1)[0] ?? '/'] : [];
  return [...new Set([...own, ...exemptions.slice(0, 5).map(({ path }) => path), ...entry])];
}

/** For the lengths that a head announces. */
function measured(probe: Probe): Probe {
  const length = Buffer.byteLength(probe.body.replaceAll('{token}', 'x'.repeat(75)));
  return { ...probe, fields: probe.fields.map((field) => field.replaceAll('{length}', String(length))) };
}

/**
 * Everything that is tried at an app without a session: the classes of bypass of published advisories, each as what it is made of (spellings
 * × places), not as a list of what was once found.
 */
export function corpusFor(app: AppConfig, cookieNames: readonly string[]): readonly Probe[] {
  const make = new Maker(new URL(app.origin).host);
  const open = openPaths(app);
  make.add('plain', {});
  for (const target of [
    '/sallyport-canary',
    '/sallyport-canary/',
    '/sallyport-canary.php',
    '/sallyport-canary/x.css',
    '/sallyport-canary/favicon.ico',
    '/SALLYPORT-CANARY',
  ])
    for (const accept of ['text/html', 'application/json', '*/*'])
      make.add('plain', { target, fields: [`Accept: ${accept}`] });
  paths(make, open);
  targets(make, open, app);
  fields(make, open);
  hosts(make, app);
  cookies(make, cookieNames);
  upgrades(make, open);
  framings(make);
  return make.probes.map(measured);
}
