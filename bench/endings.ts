import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { install, request, SERVE } from './installation.ts';
import { freePort, spawnOn, stop } from './rig.ts';

/**
 * `npm run bench:endings`: 1,000 live sessions, 500 of them with an open WebSocket that says something every 100 ms; all are ended by
 * one command, and by the act of the console's API (`DELETE /api/v1/sessions`). When the last byte came, and what the command told. This process is the app and every client: it sees a byte as late
 * as it comes to look, which it tells.
 */

const [SESSIONS, SOCKETS, EVERY_MS] = [1_000, 500, 100];
const ROUNDS = 3;
const ANSWER_MS = 60_000;

const now = (): number => performance.timeOrigin + performance.now();

/** An app that takes every upgrade and goes on talking. */
async function startTalker(): Promise<{ readonly port: number; close(): void }> {
  const server = createServer((_request, response) => response.end());
  const talking = new Set<Socket>();
  server.on('upgrade', (asked, socket) => {
    const key = `${asked.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash('sha1').update(key).digest('base64');
    const fields = ['Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${accept}`];
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${fields.join('\r\n')}\r\n\r\n`);
    socket.on('error', () => {});
    socket.on('close', () => talking.delete(socket as Socket)); // of a plain HTTP server
    talking.add(socket as Socket);
  });
  const timer = setInterval(() => {
    for (const socket of talking) socket.write(Buffer.from([0x81, 0x02, 0x68, 0x69]));
  }, EVERY_MS);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port, // a TCP listener has an address object
    close: () => {
      clearInterval(timer);
      server.close();
      server.closeAllConnections();
      for (const socket of talking) socket.destroy();
    },
  };
}

/** The opening handshake, in place of the line that asks for nothing of the kind. */
const UPGRADE = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Origin: http://localhost',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
].join('\r\n');

interface Open {
  bytes: number;
  lastAt: number;
  closed: boolean;
}

function open(port: number, cookie: string): Open {
  const socket = connect(port, '127.0.0.1');
  const it: Open = { bytes: 0, lastAt: 0, closed: false };
  socket.on('data', (chunk) => {
    it.bytes += chunk.length;
    it.lastAt = now();
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    it.closed = true;
  });
  const head = request('/socket', cookie).replace('Connection: keep-alive', UPGRADE);
  socket.write(head);
  return it;
}

async function until(holds: () => boolean, what: string): Promise<void> {
  for (const end = performance.now() + ANSWER_MS; !holds(); ) {
    if (performance.now() > end) throw new Error(`${what} did not happen`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

interface Told {
  readonly in_force: { readonly ms: number; readonly streams: number | null; readonly last_stream_ms: number | null };
}

const run = promisify(execFile);

/** The moment of the entry of the end, by the record. */
async function endedAt(config: string): Promise<number> {
  const { stdout } = await run(process.execPath, [
    SERVE,
    'audit',
    'tail',
    '--kind',
    'session.revoke',
    '--json',
    '--config',
    config,
  ]);
  const rows = JSON.parse(stdout) as { kind: string; at: string }[];
  const row = rows.findLast(({ kind }) => kind === 'session.revoke');
  return Date.parse(row?.at ?? '');
}

/** How all are ended: answers what was told. */
interface Way {
  readonly name: string;
  /** Lines of the configuration that it needs. */
  readonly lines: (port: number) => string;
  end(config: string, port: number): Promise<Told>;
}

const COMMAND: Way = {
  name: 'session revoke --all',
  lines: () => '',
  async end(config) {
    const { stdout } = await run(process.execPath, [SERVE, 'session', 'revoke', '--all', '--json', '--config', config]);
    return JSON.parse(stdout) as Told;
  },
};

const API: Way = {
  name: 'DELETE /api/v1/sessions',
  lines: (port) => `console: { listen: "127.0.0.1:${port}", origin: "http://localhost:${port}", require: mfa }\n`,
  async end(config, port) {
    const words = ['token', 'issue', 'bench', '--role', 'administrator', '--allow', 'session.revoke-all', '--json'];
    const { stdout } = await run(process.execPath, [SERVE, ...words, '--config', config]);
    const { secret } = JSON.parse(stdout) as { secret: string };
    const headers = { Authorization: `Bearer ${secret}` };
    const answer = await fetch(`http://localhost:${port}/api/v1/sessions`, { method: 'DELETE', headers });
    if (!answer.ok) throw new Error(`the API answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as Told;
  },
};

async function round(way: Way, folder: string, upstreamPort: number): Promise<string> {
  const [port, consolePort] = [await freePort(), await freePort()];
  const { config, cookies } = await install(folder, port, { upstreamPort, sessions: SESSIONS });
  appendFileSync(config, way.lines(consolePort));
  const child = spawnOn(0, [process.execPath, SERVE, 'serve', '--config', config], { stdio: 'ignore' });
  try {
    const health = () => fetch(`http://127.0.0.1:${port}/.sallyport/health`).then(({ ok }) => ok);
    while (!(await health().catch(() => false))) await new Promise((resolve) => setTimeout(resolve, 50));
    const all = cookies.slice(0, SOCKETS).map((cookie) => open(port, cookie));
    await until(() => all.every(({ bytes }) => bytes > 250), 'that all are open');
    const lag = monitorEventLoopDelay({ resolution: 1 });
    lag.enable();
    const { in_force: told } = await way.end(config, consolePort);
    const returned = now();
    await until(() => all.every(({ closed }) => closed), 'that all are over');
    lag.disable();
    const began = await endedAt(config);
    const last = Math.max(...all.map(({ lastAt }) => lastAt)) - began;
    return [
      `last byte after ${last.toFixed(0)} ms (seen up to ${(lag.max / 1e6).toFixed(0)} ms late), told ${told.last_stream_ms} ms (${told.streams} streams)`,
      `in force ${told.ms} ms, answered after ${(returned - began).toFixed(0)} ms`,
    ].join('; ');
  } finally {
    await stop(child);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'));
const talker = await startTalker();
try {
  for (const way of [COMMAND, API]) {
    process.stdout.write(`${SESSIONS} sessions, ${SOCKETS} WebSockets, ended by "${way.name}":\n`);
    for (let n = 0; n < ROUNDS; n += 1) process.stdout.write(`  ${await round(way, folder, talker.port)}\n`);
  }
} finally {
  talker.close();
  rmSync(folder, { recursive: true, force: true });
}
