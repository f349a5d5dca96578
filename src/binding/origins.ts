import type { BoundLogin } from '../config/login-types.ts';
import type { AppConfig } from '../config/types.ts';
import { rewriteLocation } from '../presets/rewrite.ts';
import { withoutSessionIds } from '../presets/session-ids.ts';

/** Names by which the app calls itself. */
function ownOrigins(app: AppConfig, login: BoundLogin, ours: string): string[] {
  const { host } = new URL(ours);
  return [...new Set([app.upstream.origin, `http://${host}`, `https://${host}`, ...login.rewrite.body])].filter(
    (origin) => origin !== ours,
  );
}

/** Location for the browser. */
export function locationEdit(app: AppConfig, login: BoundLogin, ours: string): (value: string) => string {
  const origins = ownOrigins(app, login, ours);
  return (value) => {
    const location = login.rewrite.location ? rewriteLocation(value, origins, ours) : value;
    // Addresses of others may hold what they like.
    const own = location.startsWith(`${ours}/`) || !/^(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(location);
    return own ? withoutSessionIds(login, location) : location;
  };
}

/** Origins to replace in bodies. */
export function bodyOrigins(login: BoundLogin, ours: string): readonly string[] {
  if (login.rewrite.body.length === 0) return login.rewrite.body;
  return login.rewrite.body.filter((origin) => origin !== ours);
}
