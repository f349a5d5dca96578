import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { RosterSource } from '../../../src/config/types.ts';
import { MOST_BYTES, RosterFault } from '../../../src/rosters/fault.ts';
import { readRoster } from '../../../src/rosters/read.ts';
import { localhostCert, localhostKey } from '../../support/localhost-tls.ts';

type Url = Extract<RosterSource, { kind: 'url' }>;
const refused = (words: RegExp) => (error: unknown) => error instanceof RosterFault && words.test(error.message);

async function served(t: TestContext, listener: RequestListener, tls = false): Promise<string> {
  const server = tls ? createTlsServer({ cert: localhostCert, key: localhostKey }, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo; // of a TCP server
  return tls ? `https://localhost:${port}/list` : `http://127.0.0.1:${port}/list`;
}

function at(url: string, over: Partial<Url> = {}): Url {
  return { kind: 'url', url, tokenFile: null, user: null, passwordFile: null, ca: null, ...over };
}

function kept(t: TestContext, text: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-roster-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const file = join(dir, 'secret');
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

test('a list is taken as CSV or JSON, by what it is called or how it begins', async (t) => {
  const bodies: Readonly<Record<string, readonly [type: string, body: string]>> = {
    '/csv': ['text/csv', 'login\nbob\n'],
    '/json': ['application/json; charset=utf-8', '["bob"]'],
    '/plain': ['text/plain', '\n [{"login":"bob"}]'],
  };
  const url = await served(t, ({ url: path = '' }, response) => {
    const [type = '', body = ''] = bodies[path] ?? [];
    response.writeHead(200, { 'content-type': type }).end(body);
  });
  for (const path of Object.keys(bodies))
    assert.deepEqual(await readRoster(at(new URL(path, url).href), null), ['bob'], path);
});

test('it is asked with what the files hold at that moment', async (t) => {
  const seen: (string | undefined)[] = [];
  const url = await served(t, ({ headers }, response) => {
    seen.push(headers.authorization);
    response.end('bob\n');
  });
  const file = kept(t, 'sesame\n');
  await readRoster(at(url, { user: 'reader', passwordFile: file }), null);
  writeFileSync(file, 'changed');
  await readRoster(at(url, { tokenFile: file }), null);
  await readRoster(at(url), null);
  assert.deepEqual(seen, [`Basic ${btoa('reader:sesame')}`, 'Bearer changed', undefined]);
});

test('a redirect is not followed, and neither it nor an error is a list', async (t) => {
  let hits = 0;
  const elsewhere = await served(t, (_, response) => {
    hits += 1;
    response.end('mallory\n');
  });
  const url = await served(t, (request, response) => {
    if (request.url === '/list') response.writeHead(302, { location: elsewhere }).end();
    else response.writeHead(500).end('mallory\n');
  });
  await assert.rejects(readRoster(at(url), null), refused(/answered with 302/));
  await assert.rejects(readRoster(at(`${url}/error`), null), refused(/answered with 500/));
  assert.equal(hits, 0);
});

test('a list without end is given up at its limit, and an answer that breaks off is none', async (t) => {
  let sent = 0;
  const part = Buffer.alloc(1_048_576, 'x\n');
  const url = await served(t, (request, response) => {
    if (request.url !== '/list') {
      response.writeHead(200, { 'content-length': 1000 }).write('bob\n');
      setTimeout(() => response.destroy(), 50);
      return;
    }
    const more = (): void => {
      while (response.write(part)) sent += part.length;
      sent += part.length;
      response.once('drain', more);
    };
    more();
  });
  await assert.rejects(readRoster(at(url), null), refused(/larger than/));
  assert.ok(sent < 2 * MOST_BYTES, `${sent} bytes were sent`);
  await assert.rejects(readRoster(at(`${url}/broken`), null), refused(/cannot be fetched/));
});

test('a certificate that nobody vouches for is refused, and taken with its own authority', async (t) => {
  const url = await served(t, (_, response) => response.end('bob\n'), true);
  await assert.rejects(readRoster(at(url), null), refused(/cannot be fetched/));
  assert.deepEqual(await readRoster(at(url, { ca: kept(t, localhostCert) }), null), ['bob']);
});

test('a secret that others may read, or that is none, is told and not sent', async (t) => {
  const url = await served(t, (_, response) => response.end('bob\n'));
  await assert.rejects(readRoster(at(url, { tokenFile: kept(t, 'a\nb') }), null), refused(/in one line/));
  await assert.rejects(readRoster(at(url, { tokenFile: '/nowhere/token' }), null), refused(/There is no file/));
});
