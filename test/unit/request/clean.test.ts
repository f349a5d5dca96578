import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, IncomingMessage } from 'node:http';
import { type AddressInfo, connect, Socket } from 'node:net';
import test from 'node:test';
import fc from 'fast-check';
import { cleanHead, cleanLines } from '../../../src/request/clean.ts';
import { HeaderFields } from '../../../src/request/fields.ts';
import { foldName } from '../../../src/request/names.ts';

const KEPT = [
  'Content-Type',
  'content-length',
  'Cookie',
  'Host',
  'Authorization',
  'X-Requested-With',
  'Sec-Fetch-Mode',
];
const OWN = ['X-Extra', 'X-Custom-1', 'Te', 'X-Other', 'Proxy-Authorization', 'Sallyport-Assertion'];
const name = fc.constantFrom(...KEPT, ...OWN);
const spelt = fc.tuple(name, fc.constantFrom('-', '_', '.'), fc.boolean()).map(([text, joint, up]) => {
  const joined = text.replaceAll('-', joint);
  return up ? joined.toUpperCase() : joined;
});

test('what Connection lists goes, unless all recipients are to see it', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(spelt, fc.string())), fc.array(fc.array(spelt)), (fields, connections) => {
      const lists = connections.flatMap((options) => ['Connection', options.join(', ')]);
      const raw = [...lists, ...fields.flat()];
      const cleaned = cleanLines(raw);
      const listed = new Set(connections.flat().map(foldName));
      const kept = new Set(KEPT.map(foldName));
      for (const [field] of fields) {
        const folded = foldName(field);
        const exact = !/[_.]/.test(field);
        const stays = kept.has(folded) ? exact || folded === 'host' || folded === 'contentlength' : !listed.has(folded);
        const found = cleaned.some((part, i) => i % 2 === 0 && part === field);
        assert.equal(found, stays, `${field} of ${raw.join('|')}`);
      }
      for (let i = 0; i < cleaned.length; i += 2) assert.equal(typeof cleaned[i + 1], 'string');
    }),
  );
});

test('a head without anything to clean is the same list', () => {
  const raw = ['Host', 'app.test', 'Connection', 'keep-alive', 'Accept', '*/*', 'X-A_B', '1'];
  assert.equal(cleanLines(raw), raw);
});

test('what Node has read before is cleaned too', () => {
  const request = new IncomingMessage(new Socket());
  request.rawHeaders = ['Host', 'a', 'Connection', 'x-gone', 'X-Gone', '1', 'X_Requested_With', 'y', '__proto__', 'z'];
  request.headers = { host: 'a', connection: 'x-gone', 'x-gone': '1', x_requested_with: 'y' };
  cleanHead(request);
  assert.deepEqual(request.rawHeaders, ['Host', 'a', 'Connection', 'x-gone', '__proto__', 'z']);
  assert.deepEqual({ ...request.headers }, { host: 'a', connection: 'x-gone' });
});

test('a field that a preset names is found in every spelling', () => {
  assert.deepEqual(
    HeaderFields.of(['Guacamole-Token', 'a', 'guacamole_token', 'b', 'Guacamole', 'c']).spelt('guacamole-token'),
    ['a', 'b'],
  );
});

test('a head that Node has not looked at yet is cleaned without a fault', async (t) => {
  const seen: unknown[] = [];
  const server = createServer();
  server.on('upgrade', (request, socket) => {
    cleanHead(request);
    seen.push(request.headers['x-gone'], request.headers.host, request.headersDistinct['x-gone']);
    socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo; // a TCP server's address is never a string
  const socket = connect(port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nX-Gone: 1\r\nConnection: upgrade, x-gone\r\nUpgrade: websocket\r\nHost: a\r\n\r\n');
  await once(socket, 'close');
  assert.deepEqual(seen, [undefined, 'a', undefined]);
});
