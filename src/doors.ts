import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import type { Config } from './config/types.ts';
import { SallyportError } from './errors.ts';
import { within } from './lib/within.ts';
import { Certificate, loadCertificate } from './web/certificate.ts';
import { drain, rememberSilent } from './web/drain.ts';
import { createListener, type Listener, limit } from './web/listener.ts';
import type { Server } from './web/server.ts';

/** Where a door is, and what of the configuration changes it. */
interface DoorPlace {
  readonly listen: Config['listen'];
  readonly tls: Config['tls'];
  /** How another address is chosen, in words. */
  readonly other: string;
}

function doorOfApps({ listen, tls }: Config): DoorPlace {
  return { listen, tls, other: 'choose another with --port, or as "listen" in the configuration' };
}

/** null: there is no console. */
function doorOfConsole({ console: own }: Config): DoorPlace | null {
  const other = 'choose another with --console-port, or as "console.listen" in the configuration';
  return own === null ? null : { listen: own.listen, tls: own.tls, other };
}

const CANNOT_LISTEN: Readonly<Record<string, (other: string) => string>> = {
  EADDRINUSE: (other) => `is in use: stop what uses it, or ${other}`,
  EACCES: (other) => `may not be used by this user (ports below 1024 are kept): allow it to the program, or ${other}`,
  EADDRNOTAVAIL: (other) => `is no address of this machine: ${other}`,
  ENOTFOUND: (other) => `is a name that is not known here: ${other}`,
};
const LISTEN_MS = 10_000;

/** An address that is listened on, with its certificate, and the server behind it. */
class Door {
  readonly server: Server;
  readonly #place: DoorPlace;
  readonly #listener: Listener;
  readonly #certificate: Certificate;

  constructor(place: DoorPlace, config: Config, server: Server, log: Logger) {
    this.server = server;
    this.#place = place;
    this.#listener = createListener(config, place.tls);
    rememberSilent(this.#listener, place.tls !== null);
    server.attach(this.#listener);
    this.#certificate = new Certificate(this.#listener, (failure) => {
      if (failure === null) log.info('the TLS certificate was read anew');
      else log.error({ err: failure }, 'the new TLS certificate is not usable; the old one stays in use');
    });
  }

  /** Looks from now on whether the certificate is another on disk. */
  begin(): void {
    this.#certificate.watch(this.#place.tls);
  }

  stop(): void {
    this.#certificate.stop();
  }

  /** Starts to accept connections; the port that is bound. Throws `config-invalid`. */
  async listen(): Promise<number> {
    const { listen, other } = this.#place;
    const { host, port } = listen;
    const listening = new Promise<void>((resolve, reject) => {
      const taken = (error: NodeJS.ErrnoException) => {
        const why =
          CANNOT_LISTEN[error.code ?? '']?.(other) ?? `cannot be used (${error.code ?? error.message}): ${other}`;
        reject(new SallyportError('config-invalid', `${host}:${port} ${why}`, { cause: error }));
      };
      this.#listener.once('error', taken);
      this.#listener.listen(port, host, () => {
        this.#listener.off('error', taken);
        resolve();
      });
    });
    await within(LISTEN_MS, listening, 'config-invalid', `${host}:${port} cannot be listened on in time: ${other}.`);
    return (this.#listener.address() as AddressInfo).port; // a TCP listener has an address object
  }

  /** Where it listens, which says which node it is; null while it does not. */
  bound(): { readonly host: string; readonly port: number } | null {
    const address = this.#listener.address();
    return address === null || typeof address === 'string' ? null : { host: address.address, port: address.port };
  }

  /** What a reload changes, all that can fail of it done; throws `config-invalid` beforehand. */
  prepare({ tls }: DoorPlace, next: Config): () => void {
    const secure = tls === null ? null : loadCertificate(tls);
    return () => {
      if (secure !== null) this.#certificate.use(secure);
      this.#certificate.watch(tls);
      limit(this.#listener, next);
    };
  }

  drain(graceMs: number, cutTunnels: () => void): Promise<void> {
    return drain(this.#listener, graceMs, cutTunnels);
  }
}

/** How the server behind each door is made. */
interface Servers {
  readonly apps: () => Server;
  readonly console: () => Server;
}

/** The doors of the house: one for the apps and, where it has one, one for its console. Nothing that is served at one is at the other. */
export class Doors {
  readonly #apps: Door;
  readonly #console: Door | null;

  constructor(apps: Door, console: Door | null) {
    this.#apps = apps;
    this.#console = console;
  }

  get #all(): readonly Door[] {
    return this.#console === null ? [this.#apps] : [this.#apps, this.#console];
  }

  begin(): void {
    for (const door of this.#all) door.begin();
  }

  stop(): void {
    for (const door of this.#all) door.stop();
  }

  /** The port that is bound for the apps. */
  async listen(): Promise<number> {
    const port = await this.#apps.listen();
    await this.#console?.listen();
    return port;
  }

  /** Where they listen, for the record. */
  bound(): Record<string, string | number> {
    const own = this.#console?.bound() ?? null;
    return { ...this.#apps.bound(), ...(own === null ? {} : { console: `${own.host}:${own.port}` }) };
  }

  consolePort(): number | null {
    return this.#console?.bound()?.port ?? null;
  }

  /** What is open by rules, and not by a session, is judged again. */
  rejudge(): void {
    for (const { server } of this.#all) server.rejudge();
  }

  /** All of a reload that can fail here; what is returned puts it in force. */
  prepare(next: Config): () => void {
    const place = doorOfConsole(next);
    const ready = [this.#apps.prepare(doorOfApps(next), next)];
    if (place !== null && this.#console !== null) ready.push(this.#console.prepare(place, next));
    return () => {
      for (const use of ready) use();
    };
  }

  async drain(graceMs: number, cutTunnels: () => void): Promise<void> {
    await Promise.all(this.#all.map((door) => door.drain(graceMs, cutTunnels)));
  }
}

/** The doors of a configuration; nothing is listened on yet. */
export function openDoors(config: Config, log: Logger, servers: Servers): Doors {
  const place = doorOfConsole(config);
  return new Doors(
    new Door(doorOfApps(config), config, servers.apps(), log),
    place === null ? null : new Door(place, config, servers.console(), log),
  );
}
