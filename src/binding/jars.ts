import type { BoundLogin } from '../config/login-types.ts';
import type { AppConfig } from '../config/types.ts';
import { SallyportError } from '../errors.ts';
import type { JarApp } from '../jar/types.ts';

const apps = new WeakMap<AppConfig, JarApp & { readonly login: BoundLogin }>();

/** The login of an app that is bound. Throws `internal` for any other app. */
export function boundLogin(app: AppConfig): BoundLogin {
  if (app.login.kind !== 'bound') throw new SallyportError('internal', 'an app whose login is not bound');
  return app.login;
}

/** What a jar must know of an app; the same object for the same configuration. */
export function jarApp(app: AppConfig): JarApp {
  const known = apps.get(app);
  if (known !== undefined) return known;
  const made = Object.freeze({ id: app.id, origin: app.origin, login: boundLogin(app) });
  apps.set(app, made);
  return made;
}
