import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { CanaryMarks } from '../../src/assertions/canary-marks.ts';
import { IdReader, RequestIds } from '../../src/assertions/request-ids.ts';
import type { AppConfig } from '../../src/config/types.ts';
import { systemRandom } from '../../src/lib/random.ts';
import { sentenceOf } from '../../src/watch/canary/outcome.ts';
import { runCanary } from '../../src/watch/canary/run.ts';
import { type ProbeClass, passed } from '../../src/watch/canary/types.ts';
import { EDGE, type FrontOptions, startFront } from '../support/front.ts';
import { freePort } from '../support/ports.ts';
import { type SallyportOptions, startSallyport } from '../support/sallyport.ts';
import { answer } from '../support/upstream.ts';

const SECRET = 'a secret of the app';

/** Sallyport behind a server of the operator's, which has the public address. */
async function behind(
  t: TestContext,
  front: (ports: { us: number; app: number }) => Partial<FrontOptions>,
  more: Partial<SallyportOptions> = {},
) {
  const sally = await startSallyport({ host: 'localhost', top: ['trusted_proxies: [127.0.0.1]'], ...more });
  t.after(() => sally.close());
  sally.upstream.on('*', answer(SECRET, '404 Not Found', ['Content-Type: text/plain', 'Server: legacy']));
  const port = await freePort();
  const us = sally.port;
  await startFront(t, { port, to: () => us, ...front({ us, app: sally.upstream.port }) });
  const [configured] = sally.config.apps;
  assert.ok(configured !== undefined);
  const app: AppConfig = { ...configured, origin: `http://localhost:${port}` };
  const asked: string[] = [];
  const parts = {
    ...{ marks: new CanaryMarks(sally.app.seal), ids: new RequestIds(sally.app.seal, systemRandom) },
    ...{ random: systemRandom, clock: sally.clock, store: sally.app.store, seal: sally.app.seal },
    sent: ({ id }: { readonly id: string }) => void asked.push(id),
  };
  const run = (only?: readonly ProbeClass[]) =>
    runCanary(app, { trustedProxies: ['127.0.0.1'] }, { ...parts, ...(only === undefined ? {} : { only }) });
  return { sally, app, run, asked };
}

test('what the server in front refuses itself is shown to be its own: the whole corpus passes, and nothing reaches the app by it', async (t) => {
  const { sally, run, asked } = await behind(t, () => ({}));
  const report = await run();
  assert.deepEqual(report.failures, []);
  assert.equal(report.unclearWhy, null);
  assert.ok(passed(report), JSON.stringify(report));
  assert.ok(report.front > 100 && report.held > 1500, JSON.stringify(report));
  assert.deepEqual(report.frontSays, ['HTTP/1.1 400 Bad Request, edge']);
  assert.match(sentenceOf(report), /brought nothing back from .*; \d+ of them were refused in front of us \(HTTP/);
  // The app is asked itself for its words, with ids of ours, and by nothing else.
  const ids = new IdReader(sally.app.seal);
  const came = sally.upstream.requests.map((request) => request.all('sallyport-request')[0] ?? '');
  assert.deepEqual(came, asked);
  assert.ok(asked.length <= 4 && asked.every((id) => ids.read(id) !== null));
});

test('a path that the server in front leads past us is found, whatever the app answers there', async (t) => {
  for (const [status, body] of [
    ['200 OK', SECRET],
    ['404 Not Found', SECRET],
    ['405 Method Not Allowed', SECRET],
    ['302 Found', ''],
  ] as const) {
    const { sally, run } = await behind(t, ({ us, app }) => ({
      to: ({ url = '' }) => (url.includes('.php') ? app : us),
    }));
    sally.upstream.on('/sallyport-canary.php', answer(body, status, ['Location: /login', 'Content-Type: text/plain']));
    const report = await run(['plain']);
    assert.ok(report.failed > 0 && !passed(report), status);
    assert.match(report.failures[0]?.request ?? '', /\.php/);
  }
});

test('what leads past us by its framing alone is found: a request whose body has not ended was handed on all the same', async (t) => {
  for (const status of ['404 Not Found', '403 Forbidden', '400 Bad Request']) {
    const { sally, run } = await behind(t, ({ us, app }) => ({
      to: ({ headers }) => (headers['transfer-encoding'] === undefined ? us : app),
    }));
    sally.upstream.on('*', answer('No such page of the app.', status, ['Content-Type: text/plain', 'Server: legacy']));
    const report = await run(['framing']);
    assert.ok(!passed(report), JSON.stringify(report));
    assert.ok(!report.frontSays.some((says) => says.includes('legacy')), JSON.stringify(report.frontSays));
  }
});

test('an app that refuses in the words of the server in front is not taken for it: it is said what to change', async (t) => {
  const words = 'The edge does not take this.';
  // What has not ended goes nowhere; what has ended leads past us, and is refused by the app in the same words.
  const { sally, run } = await behind(t, ({ us, app }) => ({
    to: ({ method }) => (method === 'PURGE' ? app : us),
    back: (message, from, response) => {
      if (message.method === 'PURGE') return void from.resume().on('end', () => message.socket.end(EDGE));
      response.writeHead(from.statusCode ?? 500, from.rawHeaders);
      from.pipe(response);
    },
  }));
  sally.upstream.on('*', answer(words, '400 Bad Request', ['Server: edge', 'Content-Type: text/plain']));
  const report = await run(['method']);
  assert.equal(passed(report), false);
  assert.match(report.unclearWhy ?? '', /in the same words: give the server in front a page of its own/);
  assert.equal(report.front, 0);
});

test('a request that is not broken must come to us, even where the server in front refuses it in its own words', async (t) => {
  const { run } = await behind(t, ({ us }) => ({
    to: ({ url = '' }) => (url.includes('favicon') ? null : us),
    answer: (message) => void message.socket.end(EDGE),
  }));
  const report = await run(['plain']);
  assert.deepEqual([passed(report), report.failed, report.front], [false, 0, 0]);
  assert.match(report.unclearWhy ?? '', /could be handed on: let it come to us/);
});

test('a cache in front that gives one visitor what another was given is found, and named', async (t) => {
  const kept = new Map<string, { status: number; fields: string[]; body: Buffer }>();
  const { run } = await behind(t, ({ us }) => ({
    to: ({ url = '' }) => (kept.has(url) ? null : us),
    answer: ({ url = '' }, response) => {
      const { status, fields, body } = kept.get(url) ?? { status: 500, fields: [], body: Buffer.alloc(0) };
      response.writeHead(status, fields).end(body);
    },
    back: ({ url = '' }, from, response) => {
      const pieces: Buffer[] = [];
      from.on('data', (piece: Buffer) => pieces.push(piece));
      from.on('end', () => {
        const [status, body] = [from.statusCode ?? 500, Buffer.concat(pieces)];
        if (!url.startsWith('/.sallyport/s')) kept.set(url, { status, fields: from.rawHeaders, body });
        response.writeHead(status, from.rawHeaders).end(body);
      });
    },
  }));
  const report = await run(['plain']);
  assert.ok(report.failed > 0 && !passed(report), JSON.stringify(report));
  assert.match(report.failures[0]?.answer ?? '', /the answer to another request: something in front keeps answers/);
});

test('a server in front that does not reach us, or puts its own page in place of ours, has not passed: it is said which', async (t) => {
  const gone = await freePort();
  const down = await behind(t, () => ({ to: () => gone }));
  const unreached = await down.run();
  assert.deepEqual([passed(unreached), unreached.asked], [false, 0]);
  assert.match(unreached.unreachable ?? '', /does not reach us: HTTP\/1\.1 502 Bad Gateway: see where it hands on to/);
  const veiled = await behind(t, () => ({
    back: (_message, from, response) => void from.resume().on('end', () => response.writeHead(400).end('Sorry.')),
  }));
  const report = await veiled.run();
  assert.equal(passed(report), false);
  assert.match(report.unreachable ?? '', /puts an answer of its own in place of ours/);
});

test('another host is sent home or nowhere by the server in front; such an answer of the app’s is found', async (t) => {
  const home = 'HTTP/1.1 301 Moved Permanently\r\nServer: edge\r\nContent-Type: text/plain\r\n';
  const at = { port: 0 };
  let cookie = '';
  const { app, run } = await behind(t, ({ us }) => ({
    to: ({ headers: { host = '' } }) => (host === `localhost:${at.port}` ? us : null),
    answer: ({ headers: { host = '' }, socket, url = '' }) => {
      if (host.startsWith('x.')) return void socket.end();
      const to = `Location: http://localhost:${at.port}${url}\r\n`;
      const words = 'The edge does not take this.';
      socket.end(`${home}${to}${cookie}Content-Length: ${words.length}\r\nConnection: close\r\n\r\n${words}`);
    },
  }));
  at.port = Number(new URL(app.origin).port);
  const good = await run(['host']);
  assert.ok(passed(good) && good.front > 0 && good.silent > 0, JSON.stringify(good));
  cookie = 'Set-Cookie: a=b\r\n';
  const bad = await run(['host']);
  assert.ok(!passed(bad) && bad.failed > 0, JSON.stringify(bad));
});

test('what Sallyport itself lets through is known from inside, on any node, though the server in front answers in its own words', async (t) => {
  const exempt = `    exemptions: [{ method: REPORT, path: /sallyport-canary/inside, reason: a hole, owner: a@corp.test, expires: 2099-01-01 }]`;
  const { sally, run } = await behind(
    t,
    () => ({
      back: (message, from, response) => {
        if (message.method === 'REPORT') return void from.resume().on('end', () => message.socket.end(EDGE));
        response.writeHead(from.statusCode ?? 500, from.rawHeaders);
        from.pipe(response);
      },
    }),
    { app: [exempt] },
  );
  const report = await run(['method']);
  assert.ok(!passed(report) && report.failed === 1, JSON.stringify(report));
  assert.deepEqual(
    report.failures.map(({ request, answer: said }) => [request, said]),
    [['REPORT /sallyport-canary/inside', 'let through to the app by us']],
  );
  const entries = await sally.audit('canary.failed');
  // Once, however many visitors came.
  assert.equal(entries.length, 1);
  assert.match(entries[0]?.detail ?? '', /"letThrough":"REPORT \/sallyport-canary\/inside"/);
  assert.ok(sally.upstream.requests.some(({ method }) => method === 'REPORT'));
  const again = await run(['method']);
  assert.equal(again.failed, 1);
  assert.equal((await sally.audit('canary.failed')).length, 2);
});
