import type { AppConfig } from '../config/types.ts';
import { SallyportError } from '../errors.ts';
import { ownAddress } from './addresses.ts';
import { parseTarget, type Target } from './target.ts';

/** Methods that act on what Destination names (RFC 4918 §9.8, §9.9). */
const ACTING: ReadonlySet<string> = new Set(['COPY', 'MOVE']);

/**
 * The second target of a request, parsed as strictly as the first: what `Destination` (RFC 4918 §10.3) names is written to. null
 * where there is none, or where the method does not act on it and it is no address of the app. Throws `bad-headers` for
 * another host and for what is no address, `bad-target` like `parseTarget` and for our own prefix.
 */
export function readDestination(value: string | undefined, method: string, app: AppConfig): Target | null {
  if (value === undefined) return null;
  const path = value.startsWith('/') && !value.startsWith('//') ? value : ownAddress(value, app)?.rest;
  if (path === undefined) {
    if (!ACTING.has(method)) return null;
    throw new SallyportError('bad-headers', 'Destination names no address of the app');
  }
  const target = parseTarget(path === '' ? '/' : path, app.target);
  if (target.reserved) throw new SallyportError('bad-target', 'Destination under the reserved prefix');
  return target;
}
