import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import type { TLSSocket } from 'node:tls';
import { startGuarded, testApp } from '../support/guarded.ts';
import { localhostCert, localhostKey } from '../support/localhost-tls.ts';
import { parseAnswer, raw } from '../support/raw.ts';

let upstream: Server;
let port: number;
let folder: string;
let ca: string;
/** Server names that the upstream was asked for, a name for each request or handshake. */
const asked: (string | false | null)[] = [];

test.before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-tls-'));
  ca = join(folder, 'ca.pem');
  writeFileSync(ca, localhostCert);
  upstream = createServer({ cert: localhostCert, key: localhostKey }, (request, response) => {
    asked.push((request.socket as TLSSocket).servername); // an https server's sockets are TLS sockets
    response.end('over tls');
  });
  upstream.on('upgrade', (request, socket) => {
    asked.push((request.socket as TLSSocket).servername);
    socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 8\r\n\r\nover tls');
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  port = (upstream.address() as AddressInfo).port; // a TCP server's address is never a string
});
test.after(async () => {
  upstream.closeAllConnections();
  await new Promise<void>((resolve) => upstream.close(() => resolve()));
  rmSync(folder, { recursive: true });
});

const UPGRADE = 'Upgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n';

/** Statuses of a request and of an upgrade with these Host fields. */
async function statuses(origin: string, authority: string | null, hosts: readonly string[]): Promise<number[]> {
  asked.length = 0;
  const guarded = await startGuarded(testApp(origin, { ca: authority, connections: 1 }));
  const found: number[] = [];
  for (const host of hosts) {
    for (const rest of ['Connection: close\r\n', `Connection: Upgrade\r\n${UPGRADE}`]) {
      const got = await raw(guarded.port, `GET / HTTP/1.1\r\nHost: ${host}\r\n${rest}\r\n`);
      found.push(parseAnswer(got.text).status);
    }
  }
  await guarded.close();
  return found;
}

test("an upstream is verified by its own name, whatever the request's Host says", async () => {
  assert.deepEqual(await statuses(`https://localhost:${port}`, ca, ['app.test', 'other.test']), [200, 403, 200, 403]);
  assert.deepEqual(asked, ['localhost', 'localhost', 'localhost', 'localhost']);
});

test('an upstream without a trusted certificate gets nothing', async () => {
  assert.deepEqual(await statuses(`https://localhost:${port}`, null, ['app.test']), [502, 502]);
  assert.deepEqual(asked, []);
});

test("a request's Host cannot lend an upstream the name of its certificate", async () => {
  assert.deepEqual(await statuses(`https://127.0.0.1:${port}`, ca, ['localhost']), [502, 502]);
  assert.deepEqual(asked, []);
});

test('an authority that cannot be read stops the start', async () => {
  await assert.rejects(statuses(`https://localhost:${port}`, join(folder, 'none.pem'), []), { code: 'config-invalid' });
});
