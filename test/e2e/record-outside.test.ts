import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcp } from 'node:net';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { pino } from 'pino';
import { type App, createApp } from '../../src/app.ts';
import { loadConfigFile } from '../../src/config/load.ts';
import { verifyCosignature } from '../../src/tlog/cosignature.ts';
import { parseVerifierKey } from '../../src/tlog/key.ts';
import { parseNote } from '../../src/tlog/note.ts';
import { command } from '../support/command.ts';
import { folderFor, itemsOf, SECRET, until } from '../support/receivers.ts';

/** A port that is free now. */
async function free(): Promise<number> {
  const server = createTcp();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

interface Installed {
  readonly file: string;
  readonly consolePort: number;
  start(record: string): Promise<App>;
}

/** An installation of its own; `record`: that block of its configuration. */
async function installed(t: TestContext): Promise<Installed> {
  const folder = await folderFor(t);
  const file = join(folder, 'sallyport.yml');
  const [port, consolePort] = [await free(), await free()];
  const start = async (record: string) => {
    await writeFile(
      file,
      `listen: 127.0.0.1:${port}
data: ${join(folder, 'data')}
realms: { staff: { source: local } }
apps: { portal: { hosts: [localhost], origin: "http://localhost:${port}", upstream: "http://127.0.0.1:9", realm: staff } }
console: { listen: "127.0.0.1:${consolePort}" }
record: ${record}
`,
    );
    const { config, faults } = await loadConfigFile(file, { env: {} });
    assert.deepEqual(faults, []);
    if (config === undefined) throw new Error('no configuration');
    const app = await createApp({ config, log: pino({ level: 'silent' }) });
    t.after(() => app.close());
    await app.listen();
    return app;
  };
  return { file, consolePort, start };
}

interface Keys {
  readonly log: string;
  readonly witness: string;
}

async function keysOf({ file }: Installed): Promise<Keys> {
  const { code, out } = await command('receiver', 'keys', '--json', '--config', file);
  assert.equal(code, 0);
  return JSON.parse(out) as Keys;
}

test('the record of one Sallyport goes out, and its heads are cosigned by another', async (t) => {
  const [one, other] = [await installed(t), await installed(t)];
  const folder = await folderFor(t);
  const secret = join(folder, 'secret');
  await writeFile(secret, SECRET, { mode: 0o600 });
  const taken: string[] = [];
  const hook = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += String(part);
    taken.push(body);
    response.end();
  });
  hook.listen(0, '127.0.0.1');
  await once(hook, 'listening');
  t.after(() => {
    hook.closeAllConnections();
    hook.close();
  });
  const url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/hook`;
  const first = await one.start('{}');
  const keys = await keysOf(one);
  await other.start(`{ witness_for: [{ key: "${keys.log}" }] }`);
  const theirs = await keysOf(other);
  const prefix = `http://localhost:${other.consolePort}/.sallyport/witness`;
  const block = `{ receivers: { siem: { to: "${url}", secret_file: "${secret}", format: json }, disk: { to: "file://${folder}/record.ndjson", format: ocsf } },
    checkpoints: { every: 1m, file: "${folder}/heads.ndjson" }, witnesses: [{ url: "${prefix}", key: "${theirs.witness}" }] }`;
  await first.close();
  const app = await one.start(block);
  await until(async () => (await app.store.log.newestCheckpoint()) !== undefined);
  const head = await app.store.log.newestCheckpoint();
  if (head === undefined) throw new Error('no head');
  await until(async () => (await app.store.log.cosignatures(head.size)).length === 1);
  const [{ line } = { line: '' }] = await app.store.log.cosignatures(head.size);
  const note = parseNote(`${head.note}${line}\n`);
  const cosignature = note.signatures.at(-1);
  if (cosignature === undefined) throw new Error('no cosignature');
  const seconds = verifyCosignature(note.text, cosignature, parseVerifierKey(theirs.witness));
  assert.ok(Math.abs(seconds - Date.now() / 1000) < 120);
  const { size } = await app.store.log.state();
  const indexes = () =>
    taken
      .flatMap(itemsOf)
      .filter(({ type }) => type === 'record.entry')
      .map(({ index }) => index);
  await until(() => indexes().length >= size);
  assert.deepEqual(
    indexes().slice(0, size),
    Array.from({ length: size }, (_, i) => i),
  );
  await until(async () => (await readFile(join(folder, 'heads.ndjson'), 'utf8').catch(() => '')).endsWith('\n'));
  assert.equal(
    (JSON.parse((await readFile(join(folder, 'heads.ndjson'), 'utf8')).split('\n')[0] ?? '') as { log: string }).log,
    keys.log.split('+')[0],
  );
  assert.match(await readFile(join(folder, 'record.ndjson'), 'utf8'), /^\{"class_uid":/);

  const { code, out } = await command('receiver', 'list', '--json', '--config', one.file);
  assert.equal(code, 0);
  const rows = JSON.parse(out) as { name: string; kind: string; trouble_since: string | null }[];
  assert.deepEqual(
    rows.map(({ name, kind }) => [name, kind]),
    [
      ['siem', 'webhook'],
      ['disk', 'file'],
      ['checkpoint file', 'file'],
      [`witness ${theirs.witness.split('+')[0]}`, 'witness'],
    ],
  );
  assert.ok(!out.includes('/hook'), 'what may be a secret is not shown');
  const tried = await command('receiver', 'test', 'siem', '--config', one.file);
  assert.deepEqual([tried.code, /took the test/.test(tried.out)], [0, true]);
  assert.ok(taken.some((body) => body.includes('record.test')));
  assert.equal((await command('receiver', 'test', 'nobody', '--config', one.file)).code, 1);
  assert.equal((await command('receiver', 'test', '--config', one.file)).code, 2);
  hook.closeAllConnections();
  hook.close();
  const refused = await command('receiver', 'test', 'siem', '--config', one.file);
  assert.deepEqual([refused.code, /did not take the test: ECONNREFUSED/.test(refused.err)], [1, true]);
});

test('the address of the witness is there where it is configured, asks for no session, and is bounded', async (t) => {
  const [one, other] = [await installed(t), await installed(t)];
  await one.start('{}');
  const { log } = await keysOf(one);
  await other.start(`{ witness_for: [{ key: "${log}" }] }`);
  const ask = (port: number, body: string, method = 'POST') =>
    fetch(`http://localhost:${port}/.sallyport/witness/add-checkpoint`, {
      method,
      ...(method === 'POST' ? { body } : {}),
    });
  assert.notEqual((await ask(one.consolePort, 'old 0\n\nx')).status, 400, 'not where nothing is witnessed');
  assert.equal((await ask(one.consolePort, 'old 0\n\nx')).status, 404);
  assert.equal((await ask(other.consolePort, 'old 0\n\nx')).status, 400);
  assert.equal((await ask(other.consolePort, '', 'GET')).status, 405);
  assert.equal((await ask(other.consolePort, 'x'.repeat(70_000))).status, 413);
  const statuses: number[] = [];
  for (let n = 0; n < 70; n += 1) statuses.push((await ask(other.consolePort, 'old 0\n\nx')).status);
  assert.equal(statuses.at(-1), 429);
});
