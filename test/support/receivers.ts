import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { AuditEvent } from '../../src/audit/audit.ts';
import type { ReceiverConfig, ReceiverPlace } from '../../src/config/record-types.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { placeOf } from '../../src/receivers/places/place.ts';
import { Sender } from '../../src/receivers/sender.ts';
import type { Place } from '../../src/receivers/types.ts';
import type { Store } from '../../src/store/types.ts';
import { localhostCert } from './localhost-tls.ts';
import { LOG_KEY } from './sealed.ts';

export const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const CHILD = fileURLToPath(new URL('./receiver-child.ts', import.meta.url));

/** A folder of its own for one test. */
export async function folderFor(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-receivers-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A receiver that is a process, and can be killed and started again at the same port. */
export class Receiver {
  readonly kind: 'webhook' | 'syslog';
  readonly file: string;
  port = 0;
  #child: ChildProcess | undefined;

  constructor(kind: 'webhook' | 'syslog', folder: string) {
    this.kind = kind;
    this.file = join(folder, `${kind}.taken`);
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, [CHILD, this.kind, String(this.port), this.file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    this.port = Number(said.toString());
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  /** Lines that it has taken, as they came. */
  taken(): string[] {
    return existsSync(this.file) ? readFileSync(this.file, 'utf8').split('\n').slice(0, -1) : [];
  }

  /** Indexes of entries that it has taken, in the order in which each came first. */
  indexes(): number[] {
    const all = this.taken().flatMap((line) =>
      this.kind === 'webhook'
        ? itemsOf((JSON.parse(line) as { body: string }).body)
        : [JSON.parse(line.slice(line.indexOf('] ') + 2)) as { type: string; index: number }],
    );
    return [...new Set(all.filter(({ type }) => type === 'record.entry').map(({ index }) => index))];
  }

  place(folder: string): ReceiverPlace {
    const files = { ca: join(folder, 'ca.pem'), client: null };
    return this.kind === 'webhook'
      ? {
          kind: 'webhook',
          url: `http://127.0.0.1:${this.port}/hook`,
          secret: SECRET,
          secretFile: null,
          ca: null,
          client: null,
        }
      : { kind: 'syslog', host: 'localhost', port: this.port, ...files };
  }
}

export function itemsOf(body: string): { type: string; index: number }[] {
  return (JSON.parse(body) as { data: { items: { type: string; index: number }[] } }).data.items;
}

/** Writes the authority of the receivers of tests into a folder. */
export async function withAuthority(folder: string): Promise<void> {
  await writeFile(join(folder, 'ca.pem'), localhostCert);
}

export function configOf(place: ReceiverPlace, more: Partial<ReceiverConfig> = {}): ReceiverConfig {
  return {
    name: 'siem',
    place,
    format: 'json',
    what: ['refusals', 'signIns', 'running', 'decisions'],
    checkpoints: false,
    ...more,
  };
}

/** What a sender of a test has said. */
export interface Heard {
  readonly notes: AuditEvent[];
  readonly lines: string[];
  readonly failures: unknown[];
}

/** A sender on a store. */
export function senderOn(
  store: Pick<Store, 'log'>,
  config: ReceiverConfig,
  { node = 'one', shared = false, place }: { node?: string; shared?: boolean; place?: Place } = {},
): { sender: Sender; heard: Heard } {
  const heard: Heard = { notes: [], lines: [], failures: [] };
  const sender = new Sender({
    ...{ config, store, node, shared, clock: systemClock, chance: () => 0.5 },
    place: place ?? placeOf(config.place, systemClock),
    origin: async () => LOG_KEY.name,
    note: async (event) => void heard.notes.push(event),
    log: {
      info: (_, message) => void heard.lines.push(message),
      warn: (_, message) => void heard.lines.push(message),
    },
    failed: (error) => void heard.failures.push(error),
  });
  return { sender, heard };
}

/** Waits until it is so, at most so long. */
export async function until(what: () => boolean | Promise<boolean>, ms = 30_000): Promise<void> {
  for (const end = Date.now() + ms; !(await what()); await new Promise((resolve) => setTimeout(resolve, 25)))
    if (Date.now() > end) throw new Error('it was never so');
}
