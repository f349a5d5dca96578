import { connect, type Socket } from 'node:net';

/**
 * The load generator: raw sockets, requests serialised beforehand, answers counted by Content-Length alone. It does far
 * less for each request than any server it measures, so that one core of it keeps one core of them busy.
 * Runs as a child of run.ts and takes its orders over the IPC channel.
 */
export interface RateOrder {
  readonly kind: 'rate';
  readonly port: number;
  /** Sent in turn, over all connections. */
  readonly requests: readonly string[];
  readonly connections: number;
  /** Length of the measurement, ms; or, when `count` is given, the most it may take. */
  readonly ms: number;
  /** Ends after so many answers. */
  readonly count?: number;
  /** Requests begun in a second, whether or not those before are answered; default: each connection asks as soon as it can. */
  readonly perSecond?: number;
}

export interface TransferOrder {
  readonly kind: 'upload' | 'download';
  readonly port: number;
  /** Head of the request, with Content-Length where it has a body. */
  readonly request: string;
  readonly bytes: number;
}

/** Connections upgraded to WebSocket; each sends a message and waits for its echo, or, with `ms` 0, stays open and says nothing. */
export interface FramesOrder {
  readonly kind: 'frames';
  readonly port: number;
  /** The opening handshake. */
  readonly request: string;
  readonly connections: number;
  readonly ms: number;
}

export type Order = RateOrder | TransferOrder | FramesOrder;

export interface Rate {
  readonly answers: number;
  /** Answers other than 200, and broken connections. */
  readonly faults: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Share of one core that this generator itself used, 0 to 1. */
  readonly busy: number;
}

const BUCKET_MS = 0.02;

class Histogram {
  readonly #counts = new Uint32Array(250_001);
  #total = 0;

  add(ms: number): void {
    const bucket = Math.min((ms / BUCKET_MS) | 0, 250_000);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#total += 1;
  }

  at(share: number): number {
    let left = this.#total * share;
    for (let i = 0; i < this.#counts.length; i += 1) {
      left -= this.#counts[i] ?? 0;
      if (left <= 0) return (i + 1) * BUCKET_MS;
    }
    return Number.POSITIVE_INFINITY;
  }
}

const LENGTH = /\r\ncontent-length: *(\d+)/i;

/** What is to be sent, and since when: its time runs from there, so that waiting for those before counts. */
interface Due {
  readonly request: Buffer;
  readonly at: number;
}

/** One keep-alive connection: a request, its answer, the next request. */
class Line {
  readonly socket: Socket;
  /** Whether it is connected and nothing was to be asked. */
  waits = false;
  #left = -1;
  #sentAt = 0;
  #held = '';
  readonly #next: () => Due | undefined;
  readonly #done: (ok: boolean, ms: number) => void;

  constructor(port: number, next: () => Due | undefined, done: (ok: boolean, ms: number) => void) {
    this.#next = next;
    this.#done = done;
    const buffer = Buffer.allocUnsafe(128 * 1024);
    this.socket = connect({
      port,
      host: '127.0.0.1',
      noDelay: true,
      onread: {
        buffer,
        callback: (length) => {
          this.#read(buffer, length);
          return true;
        },
      },
    });
    this.socket.once('connect', () => this.ask());
    this.socket.on('error', () => {});
  }

  /** Asks what is next, if anything is. */
  ask(): void {
    const due = this.#next();
    this.waits = due === undefined;
    if (due === undefined) return;
    this.#left = -1;
    this.#sentAt = due.at;
    this.socket.write(due.request);
  }

  #read(buffer: Buffer, length: number): void {
    if (this.#left >= 0) this.#left -= length;
    else if (!this.#head(buffer, length)) return;
    if (this.#left > 0) return;
    this.#done(this.#ok && this.#left === 0, performance.now() - this.#sentAt);
    this.ask();
  }

  #ok = false;

  #head(buffer: Buffer, length: number): boolean {
    const text = this.#held + buffer.toString('latin1', 0, Math.min(length, 8192));
    const end = text.indexOf('\r\n\r\n');
    if (end === -1) {
      this.#held = text;
      return false;
    }
    const announced = LENGTH.exec(text);
    this.#ok = text.startsWith('HTTP/1.1 200') && announced !== null;
    this.#left = Number(announced?.[1] ?? 0) + end + 4 - this.#held.length - length;
    this.#held = '';
    return true;
  }
}

/** How often those whose time has come are sent, ms: timers of Node know no shorter one. */
const TICK_MS = 1;

/** Says of the request of a number whether it is due, and since when; without a pace each is, now. */
function pace(perSecond: number | undefined, started: number): (sent: number) => number | undefined {
  if (perSecond === undefined) return () => performance.now();
  return (sent) => {
    const at = started + (Math.floor((sent * 1000) / perSecond / TICK_MS) + 1) * TICK_MS;
    return at <= performance.now() ? at : undefined;
  };
}

function rate(order: RateOrder): Promise<Rate> {
  const requests = order.requests.map((text) => Buffer.from(text, 'latin1'));
  const times = new Histogram();
  const wanted = order.count ?? Number.POSITIVE_INFINITY;
  let sent = 0;
  let answers = 0;
  let faults = 0;
  const started = performance.now();
  const cpu = process.cpuUsage();
  return new Promise((resolve) => {
    let over = false;
    const finish = (): void => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      clearInterval(beat);
      const ms = performance.now() - started;
      const used = process.cpuUsage(cpu);
      for (const line of lines) line.socket.destroy();
      resolve({
        answers,
        faults,
        perSecond: (answers / ms) * 1000,
        p50: times.at(0.5),
        p99: times.at(0.99),
        busy: (used.user + used.system) / 1000 / ms,
      });
    };
    const allowed = pace(order.perSecond, started);
    const next = (): Due | undefined => {
      const request = requests[sent % requests.length];
      const at = over || sent >= wanted ? undefined : allowed(sent);
      if (request === undefined || at === undefined) return undefined;
      sent += 1;
      return { request, at };
    };
    const done = (ok: boolean, ms: number): void => {
      if (over) return;
      answers += 1;
      if (!ok) faults += 1;
      times.add(ms);
      if (answers >= wanted) finish();
    };
    const lines = Array.from({ length: order.connections }, () => {
      const line = new Line(order.port, next, done);
      line.socket.once('close', () => {
        if (!over) faults += 1;
      });
      return line;
    });
    const timer = setTimeout(finish, order.ms);
    const beat = setInterval(() => {
      for (const line of lines) if (line.waits) line.ask();
    }, TICK_MS);
    if (order.perSecond === undefined) clearInterval(beat);
  });
}

const BLOCK = Buffer.alloc(64 * 1024, 'x');

/** One large body, one way; resolves with the milliseconds it took. Rejects when the answer is not a whole 200. */
function transfer(order: TransferOrder): Promise<number> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    let left = order.kind === 'upload' ? order.bytes : 0;
    let head = '';
    let got = 0;
    let expected = Number.POSITIVE_INFINITY;
    const socket = connect({
      port: order.port,
      host: '127.0.0.1',
      onread: {
        buffer: Buffer.allocUnsafe(256 * 1024),
        callback: (length, bytes) => {
          got += length;
          if (expected === Number.POSITIVE_INFINITY) {
            head += Buffer.from(bytes).toString('latin1', 0, Math.min(length, 8192));
            const end = head.indexOf('\r\n\r\n');
            if (end >= 0) expected = end + 4 + Number(LENGTH.exec(head)?.[1] ?? 0);
          }
          if (got >= expected) socket.destroy();
          return true;
        },
      },
    });
    const pump = (): void => {
      while (left > 0) {
        const block = left >= BLOCK.length ? BLOCK : BLOCK.subarray(0, left);
        left -= block.length;
        if (!socket.write(block)) {
          socket.once('drain', pump);
          return;
        }
      }
    };
    socket.once('connect', () => {
      socket.write(order.request, 'latin1');
      pump();
    });
    socket.on('error', () => {});
    socket.once('close', () => {
      const whole = head.startsWith('HTTP/1.1 200') && got === expected && left === 0;
      if (whole && (order.kind === 'upload' || got >= order.bytes)) resolve(performance.now() - started);
      else reject(new Error(`${order.kind} was cut: ${head.split('\r\n')[0] ?? ''}, ${got} bytes`));
    });
  });
}

const PAYLOAD = 100;
/** A binary frame of 100 bytes, masked with zeros (RFC 6455 §5.2), and the length of the app's echo, which has no mask. */
const FRAME = Buffer.concat([Buffer.from([0x82, 0x80 | PAYLOAD, 0, 0, 0, 0]), Buffer.alloc(PAYLOAD, 'x')]);
const ECHO_BYTES = 2 + PAYLOAD;

/** One upgraded connection; `echoed` is called for each message that has come back. */
function upgraded({ port, request }: FramesOrder, echoed: () => void): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let head: string | null = '';
    let got = 0;
    socket.once('connect', () => socket.write(request, 'latin1'));
    socket.on('error', reject);
    socket.once('close', () => reject(new Error(`not upgraded: ${head ?? ''}`)));
    socket.on('data', (bytes: Buffer) => {
      if (head === null) {
        got += bytes.length;
        if (got < ECHO_BYTES) return;
        got -= ECHO_BYTES;
        echoed();
        socket.write(FRAME);
        return;
      }
      head += bytes.toString('latin1');
      if (!head.includes('\r\n\r\n')) return;
      if (!head.startsWith('HTTP/1.1 101')) socket.destroy();
      head = null;
      resolve(socket);
    });
  });
}

/** Some at a time: a listener takes no more at once. */
const AT_ONCE = 100;
/** Connections that say nothing, until the next order. */
let silent: Socket[] = [];

/** Messages a second; 0 where nobody says anything. */
async function frames(order: FramesOrder): Promise<number> {
  let messages = 0;
  const sockets: Socket[] = [];
  for (let left = order.connections; left > 0; left -= AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, left) }, () => upgraded(order, () => (messages += 1)));
    sockets.push(...(await Promise.all(some)));
  }
  if (order.ms === 0) {
    silent = sockets;
    return 0;
  }
  const began = performance.now();
  for (const socket of sockets) socket.write(FRAME);
  await new Promise((resolve) => setTimeout(resolve, order.ms));
  const perSecond = (messages / (performance.now() - began)) * 1000;
  for (const socket of sockets) socket.destroy();
  return perSecond;
}

process.on('message', (order: Order) => {
  for (const socket of silent.splice(0)) socket.destroy();
  const work: Promise<Rate | number> =
    order.kind === 'rate' ? rate(order) : order.kind === 'frames' ? frames(order) : transfer(order);
  work.then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit());
