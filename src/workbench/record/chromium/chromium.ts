import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { CommandRefused } from '../../../terminal/exit.ts';

/** One message of the browser, as it comes. */
export interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly sessionId?: string;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

const ANSWER_MS = 30_000;
/** Longest message that is read, characters. */
const MAX_MESSAGE = 16 * 1024 * 1024;

/** The page does not let the browser answer: a script of its own runs without end, or asks something again and again. */
export class Stuck extends CommandRefused {}

/** Nothing but this machine is reached, nothing is kept, and nothing asks. */
const FLAGS = [
  ...['--headless', '--remote-debugging-pipe', '--no-first-run', '--no-default-browser-check', '--disable-gpu'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-pings', '--mute-audio'],
  ...['--disable-extensions', '--disable-domain-reliability', '--password-store=basic', '--use-mock-keychain'],
  ...['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1', '--window-size=1280,900', '--lang=en'],
  ...['--force-webrtc-ip-handling-policy=disable_non_proxied_udp', '--disable-quic', '--deny-permission-prompts'],
];

/**
 * All that is not at the origin goes to whoever listens there as to a proxy, who refuses it: a page, a form or a WebSocket of another port of
 * this machine as well.
 */
function confined(origin: string): string[] {
  const { host } = new URL(origin);
  return [`--proxy-server=http://${host}`, `--proxy-bypass-list=<-loopback>;${host}`];
}

interface Waiting {
  resolve(result: Readonly<Record<string, unknown>>): void;
  reject(error: Error): void;
}

/**
 * A Chromium that is led by its own pipe (Chrome DevTools Protocol), so that nobody else on the machine can lead it. With a profile that
 * is gone when it has been closed.
 */
export class Chromium {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Set<(message: Message) => void>();
  #next = 1;
  #ended = false;
  /** What has come of a message that has not ended. */
  #rest: string[] = [];
  /** Characters of it, kept or not. */
  #size = 0;

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child;
    this.#folder = folder;
    const end = () => {
      this.#ended = true;
      for (const { reject } of this.#waiting.values()) reject(new CommandRefused('Chromium has ended by itself.'));
      this.#waiting.clear();
    };
    child.once('exit', end).once('error', end);
    const from = child.stdio[4] as Readable; // a pipe, by the options of spawn
    from.setEncoding('utf8').on('data', (text: string) => this.#read(text));
    (child.stdio[3] as Writable).on('error', end); // the same
  }

  /** Starts it, for one origin alone. Rejects with CommandRefused when it does not come up. */
  static async start(program: string, origin: string): Promise<Chromium> {
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-chromium-'));
    // Its sandbox needs rights that root lacks; it is shown nothing but the operator's own app.
    const flags = process.getuid?.() === 0 ? [...FLAGS, '--no-sandbox'] : FLAGS;
    const args = [...flags, ...confined(origin), `--user-data-dir=${folder}`, 'about:blank'];
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    const browser = new Chromium(child, folder);
    try {
      await browser.send('Browser.getVersion');
      return browser;
    } catch {
      await browser.close();
      throw new CommandRefused(`${program} does not start: name another with --browser.`);
    }
  }

  #read(text: string): void {
    const parts = text.split('\0');
    const last = parts.pop() ?? '';
    for (const part of parts) {
      const whole = [...this.#rest, part].join('');
      this.#rest = [];
      const cut = this.#size > MAX_MESSAGE;
      this.#size = 0;
      if (whole !== '' && !cut) this.#heard(JSON.parse(whole) as Message); // the browser's own form
    }
    this.#size = last.length + (parts.length > 0 ? 0 : this.#size);
    if (this.#size <= MAX_MESSAGE) this.#rest.push(last);
  }

  #heard(message: Message): void {
    const waiting = message.id === undefined ? undefined : this.#waiting.get(message.id);
    if (message.id === undefined) for (const each of this.#listeners) each(message);
    else this.#waiting.delete(message.id);
    if (message.error === undefined) waiting?.resolve(message.result ?? {});
    else waiting?.reject(new CommandRefused(`Chromium refuses: ${message.error.message}.`));
  }

  /** Hears of events until it is taken away by what is returned. */
  listen(listener: (message: Message) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Has it do something; rejects with CommandRefused when it does not. */
  send(
    method: string,
    params: Readonly<Record<string, unknown>> = {},
    sessionId?: string,
  ): Promise<Readonly<Record<string, unknown>>> {
    if (this.#ended) return Promise.reject(new CommandRefused('Chromium has ended by itself.'));
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new Stuck('A page of the app keeps the browser busy without end.'));
      }, ANSWER_MS);
      const settled = <T>(then: (value: T) => void) => {
        return (value: T) => {
          clearTimeout(late);
          then(value);
        };
      };
      this.#waiting.set(id, { resolve: settled(resolve), reject: settled(reject) });
      const text = JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) });
      (this.#child.stdio[3] as Writable).write(`${text}\0`); // a pipe, by the options of spawn
    });
  }

  async close(): Promise<void> {
    if (!this.#ended && this.#child.pid !== undefined) {
      const gone = new Promise<void>((resolve) => {
        this.#child.once('exit', () => resolve());
      });
      this.#child.kill('SIGKILL');
      await gone;
    }
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
