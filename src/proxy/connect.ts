import { isIP } from 'node:net';
import type { AppConfig } from '../config/types.ts';
import { SallyportError } from '../errors.ts';
import { readText } from '../lib/files.ts';

/** Host name of an origin, without the brackets of an IPv6 address; undefined for an address. */
export function serverNameOf(origin: string): string | undefined {
  const host = new URL(origin).hostname.replace(/^\[|\]$/g, '');
  return isIP(host) === 0 ? host : undefined;
}

/**
 * TLS options for an app's upstream: the certificate authority from its file, read once when connections are built, and
 * verification always. Throws `config-invalid` when the file cannot be read: unverified is not a way to go on.
 */
export function trustOf(app: AppConfig): { readonly ca?: string } {
  const file = app.upstream.ca;
  if (file === null) return {};
  try {
    return { ca: readText(file, { most: 1_048_576 }) };
  } catch (error) {
    throw new SallyportError('config-invalid', `apps.${app.id}.upstream.ca: cannot read ${file}`, { cause: error });
  }
}
