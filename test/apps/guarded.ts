import assert from 'node:assert/strict';
import { type ChildProcess, execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '../support/ports.ts';
import { prepareBackend } from './backend.ts';
import { answering, lastLines, start, stop, up } from './processes.ts';
import type { Product } from './product.ts';
import { type Relay, startRelay } from './relay.ts';

const SALLYPORT = fileURLToPath(new URL('../../src/sallyport.mjs', import.meta.url));
const run = promisify(execFile);

export type Order = 'factor-first' | 'login-first';

/** One order of signing in: an app of its own at Sallyport, and a relay of its own to the product. */
export interface Front {
  readonly order: Order;
  /** What people type. */
  readonly origin: string;
  readonly port: number;
  readonly relay: Relay;
}

/** A product, and Sallyport in front of it once for each order, with the accounts of one realm. */
export interface Guarded {
  readonly product: Product;
  /** The product's state. */
  readonly folder: string;
  readonly first: Front;
  readonly login: Front;
  /** Runs a command of Sallyport for this installation in another process; resolves with what it prints. */
  command(...args: string[]): Promise<string>;
  /** The end of what Sallyport and the product have written to their logs. */
  lastWords(): string;
  /** Ends the product and starts it again with the state that it has kept. */
  restart(): Promise<void>;
  /** Ends the product's own sessions, as their age would. */
  expire(): Promise<void>;
  stop(): Promise<void>;
}

function appBlock(product: Product, { order, origin, relay }: Front, second: number): string {
  const params = Object.entries(product.params?.(second) ?? {}).map(([name, value]) => `${name}: '${value}'`);
  const more = params.length === 0 ? '' : `, params: { ${params.join(', ')} }`;
  return `  ${order}:
    hosts: [${new URL(origin).hostname}]
    origin: ${origin}
    upstream: http://127.0.0.1:${relay.port}
    realm: people
    login: { preset: ${product.preset}, order: ${order}${more}${product.login === undefined ? '' : `, ${product.login}`} }
`;
}

/**
 * Starts a product with an empty state and guards it. Everything is ended by `stop`, and when this rejects. `prepare`: what runs it,
 * where that is none of Debian's.
 */
export async function startGuarded(product: Product, prepare = prepareBackend): Promise<Guarded> {
  const folder = mkdtempSync(join(tmpdir(), `sallyport-${product.name}-`));
  // Products that give up root must reach their own folder in it.
  chmodSync(folder, 0o711);
  const port = await freePort();
  const origins = { 'factor-first': `http://localhost:${port}`, 'login-first': `http://127.0.0.1:${port}` } as const;
  const productPort = await freePort();
  const [first, login] = await Promise.all(
    (['factor-first', 'login-first'] as const).map(async (order): Promise<Front> => {
      return { order, origin: origins[order], port, relay: await startRelay(productPort) };
    }),
  );
  assert.ok(first !== undefined && login !== undefined);
  const relays = [first.relay, login.relay];
  // Where origins are rewritten, the product sees that of its upstream: here the relay's.
  const known = [...Object.values(origins), ...relays.map((relay) => `http://127.0.0.1:${relay.port}`)];
  const backend = await prepare(product.legacy, folder, productPort, known);
  let gate: ChildProcess | undefined;
  const stopAll = async (): Promise<void> => {
    if (gate !== undefined) await stop(gate);
    await backend.stop();
    for (const relay of relays) await relay.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await backend.start();
    product.params?.(backend.second);
    await answering(productPort, product.person.target, backend.log);
    const [config, log] = [join(folder, 'sallyport.yml'), join(folder, 'sallyport.log')];
    const fronts = product.orders === 'both' ? [first, login] : [first];
    const apps = fronts.map((one) => appBlock(product, one, backend.second)).join('');
    writeFileSync(
      config,
      `listen: 127.0.0.1:${port}\ndata: ${join(folder, 'data')}\nrealms: { people: { source: app } }\napps:\n${apps}`,
    );
    gate = start(process.execPath, [SALLYPORT, 'serve', '--config', config], log);
    await up(gate, port, log);
    return {
      product,
      folder: backend.folder,
      first,
      login,
      lastWords: () => `Sallyport:\n${lastLines(log, 5)}\n${product.name}:\n${lastLines(backend.log, 5)}`,
      command: async (...words) =>
        (await run(process.execPath, [SALLYPORT, ...words, '--config', config])).stdout.trim(),
      restart: async () => {
        await backend.stop();
        for (const relay of relays) relay.cut();
        await backend.start();
        await answering(productPort, product.person.target, backend.log);
      },
      expire: () => backend.expire(),
      stop: stopAll,
    };
  } catch (error) {
    await stopAll();
    throw error;
  }
}
