import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { type Attester, Maker } from '../support/authenticator-attestation.ts';
import type { Cbor } from '../support/authenticator-cbor.ts';
import { Keyholder } from '../support/keyholder.ts';
import { type Sallyport, startSallyport } from '../support/sallyport.ts';

const MODEL = 'd8522d9f-575b-4866-88a9-ba99fa02f35b';
const HOST = 'portal.localhost';

/** Where the certificates of a registration point to: their sender chose it. */
let decoy: Server;
let crl = '';
let visits = 0;

before(async () => {
  decoy = createServer((socket) => {
    visits += 1;
    socket.on('error', () => {});
    socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
  });
  await new Promise<void>((resolve) => decoy.listen(0, '127.0.0.2', resolve));
  crl = `http://127.0.0.2:${(decoy.address() as AddressInfo).port}/revoked.crl`; // a TCP server's address is never a string
});
after(() => new Promise<void>((resolve) => decoy.close(() => resolve())));

/** Statements whose checks look at certificates: those with the certificates in their usual place, and oddly placed. */
function statements(attester: Attester): readonly Readonly<Record<string, Cbor>>[] {
  const x5c = [...attester.x5c];
  const bare = new Map<string, Cbor>([['x5c', x5c]]);
  const formats = ['packed', 'android-key', 'apple', 'android-safetynet', 'fido-u2f', 'tpm', 'compound', 'none'];
  return [{}, ...formats.map((fmt) => ({ fmt })), { fmt: 'apple', attStmt: bare }, { fmt: 'packed', attStmt: bare }];
}

async function tryAll(sally: Sallyport, makers: readonly Maker[]): Promise<string[]> {
  const mallory = new Keyholder(sally, 'mallory', { aaguid: MODEL });
  await mallory.enrolling();
  const taken: string[] = [];
  for (const maker of makers) {
    for (const through of [undefined, 'ca', 'not-a-ca'] as const) {
      const attester = maker.attester({ aaguid: MODEL, crl, ...(through === undefined ? {} : { through }) });
      for (const object of statements(attester)) {
        await mallory.forgiven();
        const creation = { ...(await mallory.creation()), excludeCredentials: [] };
        const answer = await mallory.register(mallory.created(creation, { attestation: attester, object }));
        assert.ok([200, 401].includes(answer.status), `${JSON.stringify(Object.keys(object))}: ${answer.body}`);
        if (answer.status === 200) {
          taken.push(typeof object['fmt'] === 'string' ? object['fmt'] : 'as it was made');
          await mallory.enrolling();
        }
      }
    }
  }
  return taken;
}

test('a statement whose certificates name addresses of its sender’s choosing makes no connection', async () => {
  const sally = await startSallyport({ host: HOST });
  try {
    await tryAll(sally, [new Maker()]);
    sally.upstream.silent();
  } finally {
    await sally.close();
  }
  assert.equal(visits, 0);
});

test('nor where models are limited, whoever made the certificates, and a good one is still taken', async () => {
  const maker = new Maker();
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-roots-'));
  try {
    const roots = join(folder, 'roots.pem');
    await writeFile(roots, maker.root);
    const sally = await startSallyport({ host: HOST, realmLines: `passkeys: { models: [${MODEL}], roots: ${roots} }` });
    try {
      assert.deepEqual(await tryAll(sally, [new Maker()]), [], 'nobody vouched for these');
      assert.ok((await tryAll(sally, [maker])).length > 0, 'and somebody for these');
    } finally {
      await sally.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  assert.equal(visits, 0);
  // The address is one that could have been reached.
  await new Promise((resolve) =>
    connect(Number(new URL(crl).port), '127.0.0.2')
      .resume()
      .on('close', resolve),
  );
  assert.equal(visits, 1);
});
