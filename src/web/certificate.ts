import { unwatchFile, watchFile } from 'node:fs';
import type { Server as TlsServer } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { Config } from '../config/types.ts';
import { SallyportError } from '../errors.ts';
import { type Listener, readCertificate, TLS_OPTIONS } from './listener.ts';

type Tls = Config['tls'];

const EVERY_MS = 1000;

/** The certificate and key as options for a secure context. Throws `config-invalid` when they cannot be used together. */
export function loadCertificate(tls: NonNullable<Tls>) {
  const options = { ...TLS_OPTIONS, ...readCertificate(tls) };
  try {
    createSecureContext(options);
    return options;
  } catch (error) {
    throw new SallyportError(
      'config-invalid',
      `the TLS certificate ${tls.cert} and key ${tls.key} do not work together`,
      { cause: error },
    );
  }
}

/**
 * Keeps the certificate in use the one on disk. New connections get the new one, open ones go on; a broken one changes
 * nothing.
 */
export class Certificate {
  readonly #listener: Listener;
  readonly #told: (failure: unknown) => void;
  #tls: Tls = null;

  /** `told` hears of every renewal: null when the new one is in use, the failure when it is not usable. */
  constructor(listener: Listener, told: (failure: unknown) => void) {
    this.#listener = listener;
    this.#told = told;
  }

  /** Watches these files from now on, in place of others. */
  watch(tls: Tls): void {
    this.stop();
    this.#tls = tls;
    for (const file of this.#files()) watchFile(file, { interval: EVERY_MS, persistent: false }, this.#renew);
  }

  stop(): void {
    for (const file of this.#files()) unwatchFile(file, this.#renew);
  }

  /** Puts these options in use for new connections. */
  use(options: ReturnType<typeof loadCertificate>): void {
    (this.#listener as TlsServer).setSecureContext(options); // only ever called where tls is configured
  }

  #files(): string[] {
    return this.#tls === null ? [] : [this.#tls.cert, this.#tls.key];
  }

  readonly #renew = (): void => {
    if (this.#tls === null) return;
    try {
      this.use(loadCertificate(this.#tls));
      this.#told(null);
    } catch (error) {
      this.#told(error);
    }
  };
}
