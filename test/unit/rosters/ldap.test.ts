// What a directory may do that is none; a real one is read in test/apps/roster-directory.test.ts.
import assert from 'node:assert/strict';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import test, { type TestContext } from 'node:test';
import { MOST_BYTES, RosterFault } from '../../../src/rosters/fault.ts';
import { readRoster } from '../../../src/rosters/read.ts';

async function ask(t: TestContext, answer: (socket: Socket) => void): Promise<readonly string[]> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    answer(socket);
    t.after(() => void socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => void server.close());
  const { port } = server.address() as AddressInfo; // of a TCP server
  const where = { url: `ldap://127.0.0.1:${port}`, startTls: false, base: 'dc=x', filter: '(uid=*)' };
  return readRoster({ kind: 'ldap', ...where, user: null, passwordFile: null, ca: null }, null);
}

const refused = (error: unknown) => error instanceof RosterFault && /^The (?:directory|list)/.test(error.message);

test('a directory that hangs up, or speaks another language, gives no list', async (t) => {
  await assert.rejects(
    ask(t, (socket) => void socket.destroy()),
    refused,
  );
  await assert.rejects(
    ask(t, (socket) => void socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))),
    refused,
  );
});

test('a message that never ends is given up at the size of a list', async (t) => {
  let sent = 0;
  const part = Buffer.alloc(1_048_576);
  const flooding = ask(t, (socket) => {
    // A message of 2 GiB, of which as much is sent as is taken.
    socket.write(Buffer.from([0x30, 0x84, 0x7f, 0xff, 0xff, 0xff]));
    const more = (): void => {
      if (socket.destroyed) return;
      sent += part.length;
      if (socket.write(part)) setImmediate(more);
      else socket.once('drain', more);
    };
    socket.once('data', more);
  });
  await assert.rejects(flooding, refused);
  assert.ok(sent < 2 * MOST_BYTES, `${sent} bytes were sent`);
});
