import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import type { AuditEvent } from '../../src/audit/audit.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { headParcel } from '../../src/receivers/items.ts';
import { Cosigner, rowOf } from '../../src/receivers/witness/cosigner.ts';
import { witnessKey } from '../../src/receivers/witness/key.ts';
import { formatRequest, SIZE_TYPE } from '../../src/receivers/witness/message.ts';
import { witness } from '../../src/receivers/witness/place.ts';
import { Prover, partsOf } from '../../src/receivers/witness/proof.ts';
import type { Store } from '../../src/store/types.ts';
import { signCheckpoint } from '../../src/tlog/checkpoint.ts';
import { ED25519, formatVerifierKey, privateKeyOf, signer } from '../../src/tlog/key.ts';
import { parseNote } from '../../src/tlog/note.ts';
import { Levels, verifyConsistency } from '../../src/tlog/proofs.ts';
import { leafHash } from '../../src/tlog/tree.ts';
import { LOG_KEY, sealAll, withLogKey, written } from '../support/sealed.ts';
import { eachStore } from '../support/stores.ts';

const WITNESS = witnessKey(
  signer('sallyport.record/aaaa', ED25519, privateKeyOf(createHash('sha256').update('w').digest())),
);
const LOG = { origin: LOG_KEY.name, key: formatVerifierKey(LOG_KEY) };

/** Another log with the same key: leaves of its own, of which any may be another. */
function levelsOf(size: number, salt = ''): Levels {
  return new Levels(Buffer.concat(Array.from({ length: size }, (_, i) => leafHash(`${i < 3 ? '' : salt}${i}`))));
}

const noteOf = (levels: Levels, size: number) =>
  signCheckpoint({ origin: LOG_KEY.name, size, root: levels.root(size) }, LOG_KEY);
const proofOf = (levels: Levels, old: number, size: number) =>
  old === 0 || old === size ? [] : levels.consistency(old, size);
const request = (levels: Levels, old: number, size: number) =>
  formatRequest({ old, proof: proofOf(levels, old, size), checkpoint: noteOf(levels, size) });

function cosignerOn(store: Pick<Store, 'log'>, notes: AuditEvent[] = []): Cosigner {
  const note = async (event: AuditEvent) => void notes.push(event);
  return new Cosigner({ store, clock: systemClock, key: async () => WITNESS, logs: () => [LOG], note });
}

eachStore('a witness answers as C2SP tlog-witness says', async ({ store }) => {
  const notes: AuditEvent[] = [];
  const cosigner = cosignerOn(store, notes);
  const log = levelsOf(40);
  const ask = (body: string) => cosigner.addCheckpoint(body);
  const first = await ask(request(log, 0, 5));
  assert.equal(first.status, 200);
  assert.match(first.body, /^\u2014 sallyport\.witness\/aaaa [A-Za-z0-9+/]+=*\n$/);
  // Of the same size again, and further.
  assert.equal((await ask(request(log, 5, 5))).status, 200);
  assert.equal((await ask(request(log, 5, 17))).status, 200);
  for (const old of [0, 5, 16]) {
    const { status, type, body } = await ask(request(log, old, 17));
    assert.deepEqual([status, type, body], [409, SIZE_TYPE, '17\n']);
  }
  const padded = formatRequest({ old: 17, proof: [log.root(5)], checkpoint: noteOf(log, 17) });
  assert.deepEqual([(await ask(padded)).status, notes.length], [422, 0], 'a stranger with our head accuses nobody');
  const [line = '', ...rest] = request(log, 17, 30).split('\n');
  assert.equal((await ask([line, ...rest.slice(1)].join('\n'))).status, 422, 'a proof that lacks a hash');
  assert.equal((await ask(request(levelsOf(40, 'x'), 17, 30))).status, 422, 'a fork, perhaps');
  assert.deepEqual(notes, [], 'that a head does not follow is not shown by a bad proof');
  const other = await ask(request(levelsOf(40, 'x'), 17, 17));
  assert.deepEqual([other.status, other.type], [409, SIZE_TYPE], 'another root of that size');
  assert.equal((await ask(request(log, 16, 17).replace('old 16', 'old 99'))).status, 400, 'larger than the new one');
  assert.equal((await store.log.receiver(rowOf(LOG.origin)))?.position, 17);
  assert.deepEqual(
    notes.map(({ kind, detail }) => [kind, detail]),
    [['witness.conflict', { log: LOG.origin, size: 17, root: levelsOf(40, 'x').root(17).toString('base64') }]],
  );
  assert.equal((await ask(request(log, 17, 30))).status, 200, 'what is genuine goes on');
});

eachStore(
  'a witness signs nothing of logs that it does not know, and nothing that is out of form',
  async ({ store }) => {
    const cosigner = cosignerOn(store);
    const log = levelsOf(5);
    const note = noteOf(log, 5);
    const of = (old: string, checkpoint: string) =>
      cosigner.addCheckpoint(`${old}\n\n${checkpoint}`).then(({ status }) => status);
    assert.equal(await of('old 0', note.replaceAll(LOG.origin, 'other.example.org')), 404);
    const forged = signer(LOG_KEY.name, ED25519, privateKeyOf(Buffer.alloc(32, 1)));
    assert.equal(await of('old 0', signCheckpoint({ origin: LOG.origin, size: 5, root: log.root(5) }, forged)), 403);
    assert.equal(await of('old 0', note.replace('\n5\n', '\n6\n')), 403);
    for (const old of [
      'old 00',
      'old -1',
      'old',
      'old 1e3',
      `old ${'9'.repeat(400)}`,
      `old 0\n${'A'.repeat(10)}`,
      `old 0${`\n${Buffer.alloc(32).toString('base64')}`.repeat(64)}`,
    ])
      assert.equal(await of(old, note), 400, old);
    for (const bad of ['', '\n', note.slice(0, -20), 'x\ny\nz\n\n\u2014 a b\n', note.replace('\n5\n', '\n05\n')])
      assert.ok([400, 403].includes(await of('old 0', bad)), bad);
    assert.equal(await store.log.receiver(rowOf(LOG.origin)), undefined);
  },
);

eachStore('many at once: of each size one root is signed, whatever is sent', async ({ store, another }) => {
  const cosigners = [cosignerOn(store), cosignerOn(await another())];
  const logs = [levelsOf(60), levelsOf(60, 'x'), levelsOf(60, 'y')];
  const signed = new Map<number, Set<string>>();
  for (
    let round = 0, old = 0;
    round < 15;
    round += 1, old = (await store.log.receiver(rowOf(LOG.origin)))?.position ?? 0
  ) {
    const size = old + 1 + (round % 3);
    await Promise.all(
      logs.flatMap((log, i) =>
        [size, size + 1].map(async (to) => {
          const answer = await cosigners[i % 2]?.addCheckpoint(request(log, old, to));
          if (answer?.status !== 200) return;
          const roots = signed.get(to) ?? new Set();
          signed.set(to, roots.add(log.root(to).toString('hex')));
        }),
      ),
    );
  }
  assert.ok(signed.size >= 10);
  for (const [size, roots] of signed) assert.equal(roots.size, 1, `size ${size}`);
});

eachStore('a proof from the store is that of RFC 9162, whatever the sizes', async ({ store }) => {
  await withLogKey(store);
  await written(store, 70);
  await sealAll(store);
  const rows = await store.log.hashes({ from: 0, limit: 100 });
  const levels = new Levels(Buffer.concat(rows.map(({ hash }) => Buffer.from(hash, 'base64'))));
  const prover = new Prover(store.log);
  for (const [older, size] of [
    [1, 2],
    [3, 7],
    [4, 7],
    [6, 7],
    [7, 8],
    [8, 70],
    [33, 64],
    [32, 64],
    [64, 65],
    [5, 70],
    [69, 70],
  ] as const) {
    const proof = await prover.between(older, size);
    assert.deepEqual(proof, levels.consistency(older, size), `${older} to ${size}`);
    assert.ok(verifyConsistency({ size: older, root: levels.root(older) }, { size, root: levels.root(size) }, proof));
  }
  for (let size = 2; size <= 64; size += 1)
    for (let older = 1; older < size; older += 1)
      assert.equal(partsOf(older, size).length, levels.consistency(older, size).length);
  await assert.rejects(prover.between(3, 71), { message: 'the log has a gap' });
});

/** A witness that is served by HTTP. */
async function served(
  t: TestContext,
  answer: (body: string) => Promise<{ status: number; type: string; body: string }>,
) {
  const server = createServer(async (asked, response) => {
    let body = '';
    for await (const part of asked) body += String(part);
    const { status, type, body: said } = await answer(asked.url === '/w/add-checkpoint' ? body : '');
    response.writeHead(status, { 'content-type': type }).end(said);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/w`;
}

eachStore(
  'a witness that is another Sallyport cosigns each head, and says so when the record was rewritten',
  async ({ store, t }) => {
    await withLogKey(store);
    const other = new Map<string, { name: string; position: number; state: string }>();
    const kept: Pick<Store['log'], 'receiver' | 'moveReceiver'> = {
      receiver: async (name) => other.get(name),
      moveReceiver: async (row) => other.set(row.name, row) !== undefined,
    };
    // The rows of the other are in its own store.
    const theirs = cosignerOn({ log: { ...store.log, ...kept } });
    const url = await served(t, (body) => theirs.addCheckpoint(body));
    const config = { url, key: formatVerifierKey(WITNESS), ca: null };
    const place = witness(config, store.log);
    t.after(() => place.close());
    const heads: { size: number; note: string }[] = [];
    for (let n = 0; n < 4; n += 1) {
      await written(store, 9, 9 * n);
      const size = await sealAll(store, { keep: true });
      const { note } = (await store.log.newestCheckpoint()) ?? { note: '' };
      heads.push({ size, note });
      await place.send(
        headParcel({ log: LOG.origin, size, at: 1, note, cosignatures: [] }),
        AbortSignal.timeout(5_000),
      );
      const [line] = await store.log.cosignatures(size);
      assert.ok(parseNote(`${note}${line?.line}\n`).signatures.some(({ name }) => name === WITNESS.name));
    }
    const [head] = heads;
    if (head === undefined) throw new Error('no head');
    const parcel = headParcel({ log: LOG.origin, ...head, at: 1, cosignatures: [] });
    // After a restart it is not known what the witness has seen: it says so, and an older head needs no more.
    const again = witness(config, store.log);
    t.after(() => again.close());
    await again.send(parcel, AbortSignal.timeout(5_000));
    for (const [row, cause] of [
      [{ position: 99, root: Buffer.alloc(32) }, 'the witness has seen a larger record'],
      [{ position: 5, root: Buffer.alloc(32) }, 'the witness says that the record was rewritten'],
      [{ position: 9, root: Buffer.alloc(32) }, 'the witness has seen another record of that size'],
    ] as const) {
      const name = rowOf(LOG.origin);
      other.set(name, { name, position: row.position, state: JSON.stringify({ root: row.root.toString('base64') }) });
      await assert.rejects(again.send(parcel, AbortSignal.timeout(5_000)), { message: cause });
    }
  },
);

eachStore('what a witness answers is believed by its signature alone', async ({ store, t }) => {
  await withLogKey(store);
  await written(store, 3);
  const size = await sealAll(store, { keep: true });
  const { note } = (await store.log.newestCheckpoint()) ?? { note: '' };
  const parcel = headParcel({ log: LOG.origin, size, at: 1, note, cosignatures: [] });
  let said = { status: 200, type: 'text/plain', body: '' };
  const url = await served(t, async () => said);
  const place = witness({ url, key: formatVerifierKey(WITNESS), ca: null }, store.log);
  t.after(() => place.close());
  const liar = witnessKey(signer('sallyport.record/aaaa', ED25519, privateKeyOf(Buffer.alloc(32, 9))));
  const lie = await new Cosigner({
    ...{
      store: { log: { ...store.log, receiver: async () => undefined, moveReceiver: async () => true } },
      clock: systemClock,
    },
    ...{ key: async () => liar, logs: () => [LOG], note: async () => {} },
  }).addCheckpoint(formatRequest({ old: 0, proof: [], checkpoint: note }));
  const unsigned = 'the witness did not sign with its key';
  for (const [answer, cause] of [
    [lie, unsigned],
    [{ status: 200, type: 'text/plain', body: 'x'.repeat(100_000) }, unsigned],
    [{ status: 200, type: 'text/plain', body: '\u0000' }, unsigned],
    [{ status: 409, type: SIZE_TYPE, body: 'many\n' }, 'answered 409'],
    [{ status: 409, type: 'text/html', body: '3\n' }, 'answered 409'],
    [{ status: 409, type: SIZE_TYPE, body: '1\n' }, 'the witness has seen another record of that size'],
    [{ status: 404, type: 'text/plain', body: '' }, 'the witness does not know our log'],
    [{ status: 403, type: 'text/plain', body: '' }, 'the witness does not know our key'],
  ] as const) {
    said = answer;
    await assert.rejects(place.send(parcel, AbortSignal.timeout(5_000)), { message: cause });
  }
  assert.deepEqual(await store.log.cosignatures(size), []);
});
