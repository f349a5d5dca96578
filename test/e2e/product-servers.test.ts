import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { answering, start, stop, up } from '../apps/processes.ts';
import { freePort } from '../support/ports.ts';

const SERVER = (port: number, first = '') =>
  `let n = 0; require('node:http').createServer((q, a) => { n += 1; ${first} a.end('x'); }).listen(${port}, '127.0.0.1')`;

function logIn(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-product-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'log'), '');
  return join(folder, 'log');
}

test('a server that another program runs on the port is not taken for the product', async (t) => {
  const other = createServer((_, answer) => answer.end());
  await once(other.listen(0, '127.0.0.1'), 'listening');
  t.after(() => other.close());
  const { port } = other.address() as AddressInfo; // a TCP server's address is never a string
  const log = logIn(t);
  const idle = start(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], log);
  t.after(() => stop(idle));
  await assert.rejects(up(idle, port, log), /another program has port/);
  const late = start(process.execPath, ['-e', SERVER(port)], log);
  await once(late, 'exit');
  await assert.rejects(up(late, port, log), /another program has port[\s\S]+EADDRINUSE/);
});

test('the product is waited for until it has answered twice without trouble', async (t) => {
  const [port, log] = [await freePort(), logIn(t)];
  const cold = start(
    process.execPath,
    ['-e', SERVER(port, 'if (n === 2) return q.destroy(); if (n < 5) a.statusCode = 503; console.log(n);')],
    log,
  );
  t.after(() => stop(cold));
  await up(cold, port, log);
  await answering(port, '/', log);
  const asked = await fetch(`http://127.0.0.1:${port}/`);
  assert.equal(asked.status, 200);
});

test('ports for servers of the tests are none that the system gives to whoever asks for any', async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, freePort));
  assert.equal(new Set(ports).size, 50);
  for (const port of ports) assert.ok(port >= 10_000 && port < 32_768, String(port));
});
