import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { type AddressInfo, createServer as createTcp } from 'node:net';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { systemClock } from '../../../src/lib/clock.ts';
import { entriesParcel } from '../../../src/receivers/items.ts';
import { signatureOf, webhook } from '../../../src/receivers/places/webhook.ts';
import { localhostCert, localhostKey } from '../../support/localhost-tls.ts';
import { folderFor, SECRET } from '../../support/receivers.ts';

const ITEM = {
  index: 4,
  seq: 9,
  at: 1_764_460_800_000,
  outcome: 'ok',
  kind: 'server.start',
  text: '{"a":"é"}',
} as const;
const PARCEL = entriesParcel('sallyport.record/0123456789abcdef', 4, 5, [ITEM]);

async function listening(t: TestContext, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

async function hookAt(t: TestContext, answer: Answer) {
  const port = await listening(t, createServer(answer));
  return placeAt(t, `http://127.0.0.1:${port}/hook`);
}

function placeAt(t: TestContext, url: string, ca: string | null = null) {
  const place = webhook({ kind: 'webhook', url, secret: SECRET, secretFile: null, ca, client: null }, systemClock);
  t.after(() => place.close());
  return place;
}

const soon = () => AbortSignal.timeout(1_000);

test('a webhook is signed as Standard Webhooks says, with an id that says what is inside', async (t) => {
  const heard: { headers: IncomingMessage['headers']; body: string }[] = [];
  const place = await hookAt(t, async (request, response) => {
    let body = '';
    for await (const part of request) body += String(part);
    heard.push({ headers: request.headers, body });
    response.writeHead(202).end();
  });
  await place.send(PARCEL, soon());
  const [{ headers, body } = { headers: {}, body: '' }] = heard;
  assert.equal(headers['webhook-id'], 'record_0123456789abcdef_4_5');
  const stamp = String(headers['webhook-timestamp']);
  assert.ok(Math.abs(Number(stamp) - Date.now() / 1000) < 60);
  const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64');
  const mac = createHmac('sha256', key).update(`record_0123456789abcdef_4_5.${stamp}.${body}`).digest('base64');
  assert.equal(headers['webhook-signature'], `v1,${mac}`);
  assert.deepEqual(JSON.parse(body), {
    type: 'record.entries',
    timestamp: '2025-11-30T00:00:00.000Z',
    data: { log: 'sallyport.record/0123456789abcdef', from: 4, to: 5, items: [{ a: 'é' }] },
  });
});

test('the published example of Standard Webhooks is signed as published', () => {
  const secret = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
  const made = signatureOf(secret, 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330, '{"test": 2432232314}');
  assert.equal(made, 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

for (const [what, answer, cause] of [
  ['500', (_, response) => response.writeHead(500).end('no'), 'answered 500'],
  ['a redirect', (_, response) => response.writeHead(307, { location: '/elsewhere' }).end(), 'answered 307'],
  ['nothing', () => {}, 'took too long'],
  ['a cut connection', (request) => request.socket.destroy(), 'ECONNRESET'],
  ['204 and garbage', (request) => request.socket.end('HTTP/1.1 204 OK\r\nx\u0000y: \r\n\r\n'), /^HPE_/],
  ['garbage', (request) => request.socket.end('\u0000\u0001nonsense\r\n\r\n'), /^HPE_/],
  [
    'a head without end',
    (request) => void request.socket.write(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}`),
    /^HPE_/,
  ],
] as [string, Answer, string | RegExp][])
  test(`a webhook that answers with ${what} has not taken it`, async (t) => {
    const place = await hookAt(t, answer);
    await assert.rejects(place.send(PARCEL, soon()), (error: Error) =>
      typeof cause === 'string' ? error.message === cause : cause.test(error.message),
    );
  });

test('a body without end is not read to its end, and 2xx has taken it', async (t) => {
  let written = 0;
  const place = await hookAt(t, (_, response) => {
    response.writeHead(200);
    const more = () => {
      if (response.destroyed) return;
      written += 4096;
      response.write(Buffer.alloc(4096), () => setImmediate(more));
    };
    more();
  });
  await place.send(PARCEL, soon());
  const before = written;
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.ok(written - before < 4_000_000 && before < 4_000_000);
});

test('an answer that comes a byte at a time ends with the time that it has', async (t) => {
  const place = await hookAt(t, (_, response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write('x'), 20);
    response.on('close', () => clearInterval(timer));
  });
  await assert.rejects(place.send(PARCEL, AbortSignal.timeout(300)), { message: 'took too long' });
});

test('a server that is not the one of the authority is not told anything', async (t) => {
  const server = createSecure({ cert: localhostCert, key: localhostKey }, (_, response) => response.end());
  const port = await listening(t, server as unknown as Server);
  const url = `https://localhost:${port}/hook`;
  await assert.rejects(placeAt(t, url).send(PARCEL, soon()), { message: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  const ca = join(await folderFor(t), 'ca.pem');
  await assert.rejects(placeAt(t, url, ca).send(PARCEL, soon()), { message: 'certificate file absent' });
  await writeFile(ca, localhostCert);
  await placeAt(t, url, ca).send(PARCEL, soon());
  await assert.rejects(placeAt(t, `https://127.0.0.1:${port}/hook`, ca).send(PARCEL, soon()), {
    message: 'ERR_TLS_CERT_ALTNAME_INVALID',
  });
});

test('a secret that is not in its file is told without what stands there', async (t) => {
  const secretFile = join(await folderFor(t), 'secret');
  const about = {
    kind: 'webhook',
    url: 'http://127.0.0.1:9/',
    secret: null,
    secretFile,
    ca: null,
    client: null,
  } as const;
  const place = webhook(about, systemClock);
  t.after(() => place.close());
  await assert.rejects(place.send(PARCEL, soon()), { message: 'secret file absent' });
  await writeFile(secretFile, 'hunter2', { mode: 0o600 });
  await assert.rejects(place.send(PARCEL, soon()), { message: 'secret file holds no secret' });
  await writeFile(secretFile, `${SECRET}\n`);
  const nobody = createTcp();
  nobody.listen(0);
  await once(nobody, 'listening');
  nobody.close();
  await assert.rejects(place.send(PARCEL, soon()), { message: 'ECONNREFUSED' });
});
