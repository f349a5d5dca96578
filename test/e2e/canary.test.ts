import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { CanaryMarks } from '../../src/assertions/canary-marks.ts';
import { RequestIds } from '../../src/assertions/request-ids.ts';
import type { AppConfig } from '../../src/config/types.ts';
import { systemRandom } from '../../src/lib/random.ts';
import { corpusFor } from '../../src/watch/canary/corpus.ts';
import { bytesOf, runCanary } from '../../src/watch/canary/run.ts';
import { CLASSES, type ProbeClass, passed } from '../../src/watch/canary/types.ts';
import { cookieNames } from '../../src/watch/canary/visitors.ts';
import { CanaryWatch } from '../../src/watch/canary/watch.ts';
import { command } from '../support/command.ts';
import { freePort } from '../support/ports.ts';
import { type Sallyport, type SallyportOptions, startSallyport } from '../support/sallyport.ts';
import { answer } from '../support/upstream.ts';

const partsOf = ({ app, clock }: Pick<Sallyport, 'app' | 'clock'>) => ({
  ...{ marks: new CanaryMarks(app.seal), ids: new RequestIds(app.seal, systemRandom), random: systemRandom },
  ...{ clock, store: app.store, seal: app.seal },
});

/** Sallyport at an address that can be reached as it is written, or behind another server that has that address. */
async function stage(t: TestContext, more: Partial<SallyportOptions> = {}, front?: number) {
  const sally = await startSallyport({ host: 'localhost', port: front ?? (await freePort()), ...more });
  t.after(() => sally.close());
  sally.upstream.on('*', answer('a secret of the app'));
  const [app] = sally.config.apps;
  assert.ok(app !== undefined);
  const run = (trustedProxies: readonly string[] = []) => runCanary(app, { trustedProxies }, partsOf(sally));
  return { sally, app, run };
}

for (const realm of ['local', 'app'] as const)
  test(`the whole corpus, as every visitor: every answer is shown to be ours, and not one byte leaves (${realm})`, async (t) => {
    const { sally, run } = await stage(t, { realm });
    const report = await run();
    assert.deepEqual(report.failures, []);
    assert.equal(report.unclearWhy, null);
    assert.ok(passed(report), JSON.stringify(report));
    assert.ok(report.held > 1500, String(report.held));
    assert.equal(report.visitors.length, 4);
    sally.upstream.silent();
  });

test('nobody but who holds the key gets a mark, and what is admitted has none', async (t) => {
  const { sally } = await stage(t);
  const marks = new CanaryMarks(sally.app.seal);
  const [token, cookie] = [marks.token(sally.clock.now(), systemRandom), await sally.session('alice')];
  const ask = (value: string, who?: string) =>
    sally.send('GET', '/x', {
      host: 'localhost',
      headers: [['Sallyport-Canary', value]],
      ...(who === undefined ? {} : { cookie: who }),
    });
  assert.deepEqual((await ask(token)).all('sallyport-canary'), [marks.mark(token)]);
  const inside = await ask(token, cookie);
  assert.deepEqual([inside.status, inside.all('sallyport-canary')], [200, []]);
  assert.doesNotMatch(sally.upstream.requests[0]?.head ?? '', /canary/i);
  const late = marks.token(sally.clock.now() - 121_000, systemRandom);
  for (const bad of ['x', `${token}x`, token.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')), late])
    assert.deepEqual((await ask(bad)).all('sallyport-canary'), [], bad);
});

/** A server in front of Sallyport that hands what `hole` says to the app itself. */
async function holed(
  t: TestContext,
  at: number,
  hole: (bytes: string) => boolean,
  to: () => Record<'app' | 'us', number>,
) {
  const open = new Set<Socket>();
  const server = createServer((near) => {
    open.add(near);
    near.on('error', () => {});
    near.once('data', (first: Buffer) => {
      const target = to();
      const far = connect(hole(first.toString('latin1')) ? target.app : target.us, '127.0.0.1');
      open.add(far);
      far.on('error', () => near.destroy());
      near.on('close', () => far.destroy());
      far.write(first);
      near.pipe(far).pipe(near);
    });
  }).listen(at, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
}

const withoutToken = (bytes: string): string =>
  bytes.replace(/[0-9a-z]+\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}/g, '{token}');

test('a hole of any one class in what stands in front is found, and named', async (t) => {
  const front = await freePort();
  let class_: ProbeClass = 'plain';
  let texts = new Set<string>();
  const target = { app: 0, us: 0 };
  await holed(
    t,
    front,
    (bytes) => texts.has(withoutToken(bytes)),
    () => target,
  );
  const inner = await startBehind(t, front);
  Object.assign(target, { app: inner.sally.upstream.port, us: inner.sally.port });
  const probes = corpusFor(inner.app, cookieNames(inner.app));
  const of = (name: ProbeClass) =>
    new Set(
      probes
        .filter((probe) => probe.class === name)
        .map((probe) => withoutToken(bytesOf(probe, { cookie: null }, '{token}'))),
    );
  assert.deepEqual(new Set(probes.map((probe) => probe.class)), new Set(CLASSES));
  for (class_ of CLASSES) {
    texts = of(class_);
    // What two classes have in common would be named by either.
    for (const other of CLASSES) if (other !== class_) for (const text of of(other)) texts.delete(text);
    inner.sally.upstream.clear();
    const report = await inner.run([class_, class_ === 'plain' ? 'query' : 'plain']);
    assert.ok(report.failed > 0 && !passed(report), class_);
    assert.deepEqual([...new Set(report.failures.map((failure) => failure.class))], [class_]);
    assert.ok(inner.sally.upstream.bytes.length > 0, class_);
  }
});

/** Sallyport whose public address is that of another server, at a port of its own. */
async function startBehind(t: TestContext, front: number) {
  const sally: Sallyport = await startSallyport({ host: 'localhost', app: [], top: [] });
  t.after(() => sally.close());
  sally.upstream.on('*', answer('a secret of the app'));
  const [configured] = sally.config.apps;
  assert.ok(configured !== undefined);
  const app: AppConfig = { ...configured, origin: `http://localhost:${front}` };
  const run = (only: readonly ProbeClass[]) => runCanary(app, { trustedProxies: [] }, { ...partsOf(sally), only });
  return { sally, app, run };
}

test('where nothing answers, or something else does, nothing has passed', async (t) => {
  const { sally, app } = await stage(t);
  const parts = partsOf(sally);
  const nobody = await runCanary(
    { ...app, origin: `http://localhost:${await freePort()}` },
    { trustedProxies: [] },
    parts,
  );
  assert.deepEqual([passed(nobody), nobody.asked], [false, 0]);
  assert.match(nobody.unreachable ?? '', /ECONNREFUSED/);
  const { port } = { port: sally.upstream.port } satisfies Pick<AddressInfo, 'port'>;
  const other = await runCanary({ ...app, origin: `http://localhost:${port}` }, { trustedProxies: [] }, parts);
  assert.match(other.unreachable ?? '', /something else answers at .*: HTTP\/1\.1 200 OK/);
  assert.ok(!passed(other));
});

test('by its schedule: on record for each app, a failure is logged as an error and closes signing in where that is configured', async (t) => {
  const front = await freePort();
  let hole = false;
  const target = { app: 0, us: 0 };
  await holed(
    t,
    front,
    (bytes) => hole && bytes.startsWith('PUT '),
    () => target,
  );
  const sally = await startSallyport({ host: 'localhost', top: ['canary: { lock_down: on }'] });
  t.after(() => sally.close());
  sally.upstream.on('*', answer('a secret of the app'));
  Object.assign(target, { app: sally.upstream.port, us: sally.port });
  const config = {
    ...sally.config,
    apps: sally.config.apps.map((app) => ({ ...app, origin: `http://localhost:${front}` })),
  };
  const lines: { level: string; text: string }[] = [];
  const log = (level: string) => (_fields: object, text: string) => void lines.push({ level, text });
  const watch = new CanaryWatch({
    ...partsOf(sally),
    store: sally.app.store,
    ...{ config: () => config, only: ['plain', 'method'], failed: (error) => assert.fail(String(error)) },
    log: { info: log('info'), warn: log('warn'), error: log('error') },
  });
  await watch.runAll();
  assert.match(lines.at(-1)?.text ?? '', /^canary passed: portal: \d+ requests/);
  assert.deepEqual(
    (await sally.audit('canary.passed')).map(({ outcome, appId }) => [outcome, appId]),
    [['ok', 'portal']],
  );
  assert.equal(await sally.app.store.lockDown.current(), undefined);
  hole = true;
  await watch.runAll();
  assert.equal(lines.at(-1)?.level, 'error');
  const [failed] = await sally.audit('canary.failed');
  assert.match(failed?.detail ?? '', /method as nobody: PUT \/sallyport-canary\/inside HTTP\/1\.1: HTTP\/1\.1 200 OK/);
  assert.match((await sally.app.store.lockDown.current())?.reason ?? '', /test of this portal/);
  assert.equal((await sally.audit('lock-down.begin'))[0]?.actor, 'system');
  await watch.stop();
});

test('by the command: exit 0 and on record when all holds, 1 where nothing could be tried, 2 for a kind that there is not', async (t) => {
  const { sally } = await stage(t);
  const where = ['--config', join(sally.data, 'sallyport.yml')];
  const part = await command('canary', 'run', '--class', 'plain', ...where);
  assert.equal(part.code, 0, part.err);
  assert.match(part.out, /^portal +http:\/\/localhost:\d+ +\d+ +\d+ +0 +0 +0 +0 +passed$/m);
  // A part of the corpus shows nothing of the rest.
  assert.equal((await sally.audit('canary.passed')).length, 0);
  assert.equal((await command('canary', 'run', '--class', 'other', ...where)).code, 2);
  const text = readFileSync(join(sally.data, 'sallyport.yml'), 'utf8');
  const elsewhere = join(sally.data, 'elsewhere.yml');
  writeFileSync(elsewhere, text.replaceAll(`localhost:${sally.port}`, `localhost:${await freePort()}`));
  const gone = await command('canary', 'run', '--json', '--config', elsewhere);
  assert.equal(gone.code, 1, gone.out);
  const { ok, reports } = JSON.parse(gone.out) as { ok: boolean; reports: { unreachable: string }[] };
  assert.deepEqual([ok, /ECONNREFUSED/.test(reports[0]?.unreachable ?? '')], [false, true]);
  assert.equal((await sally.audit('canary.failed'))[0]?.outcome, 'failed');
});
