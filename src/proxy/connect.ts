import { isIP } from 'node:net';
import { buildConnector } from 'undici';
import type { AppConfig } from '../config/types.ts';
import { SallyportError } from '../errors.ts';
import { readText } from '../lib/files.ts';

/** Makes a connection to an app. */
export type Connect = ReturnType<typeof buildConnector>;

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

/** Connections to an app, verified by its own name. Throws like `trustOf`. */
export function connectTo(app: AppConfig, servername: string | undefined): Connect {
  const connect = buildConnector({
    timeout: app.upstream.connectTimeoutMs,
    allowH2: false,
    ...trustOf(app),
  });
  // undici derives the name to verify from the Host field, which is the client's: the name of the upstream, and nothing
  // a request says, decides whom we trust and which connection is reused.
  return (options, callback) => {
    const { servername: _fromHost, ...rest } = options;
    connect(servername === undefined ? rest : { ...rest, servername }, callback);
  };
}
