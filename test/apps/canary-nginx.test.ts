import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { CanaryMarks } from '../../src/assertions/canary-marks.ts';
import { RequestIds } from '../../src/assertions/request-ids.ts';
import type { AppConfig } from '../../src/config/types.ts';
import { systemRandom } from '../../src/lib/random.ts';
import { runCanary } from '../../src/watch/canary/run.ts';
import { type ProbeClass, passed } from '../../src/watch/canary/types.ts';
import { localhostCert, localhostKey } from '../support/localhost-tls.ts';
import { freePort } from '../support/ports.ts';
import { startSallyport } from '../support/sallyport.ts';
import { answer } from '../support/upstream.ts';
import { start, stop, up } from './processes.ts';

/** As in docs/deploy/nginx-in-front.conf. */
const handOn = (port: number, scheme: string) => `proxy_pass http://127.0.0.1:${port};
  proxy_http_version 1.1; proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $remote_addr;
  proxy_set_header X-Forwarded-Proto ${scheme}; proxy_set_header Forwarded ""; proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection $sallyport_connection; proxy_buffering off; proxy_request_buffering off; client_max_body_size 0;`;
const OWN_PAGE = `error_page 400 405 413 414 494 501 505 /refused-in-front.html;
  location = /refused-in-front.html { internal; return 200 "Refused in front of Sallyport.\\n"; }`;

interface Ports {
  /** Hands on to Sallyport. */
  readonly us: string;
  /** Hands on to the app. */
  readonly app: string;
  readonly folder: string;
  readonly port: number;
}

interface Shape {
  readonly tls?: 'h1' | 'h2';
  /** Lines of the server with the public address. */
  readonly server: (ports: Ports) => string;
  /** Further lines of the http block. */
  readonly http?: (ports: Ports) => string;
  /** The app is a server of nginx, too. */
  readonly appIsNginx?: true;
}

/** Debian's nginx in front of Sallyport. */
async function behindNginx(t: TestContext, shape: Shape) {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-nginx-'));
  const sally = await startSallyport({ host: 'localhost', top: ['trusted_proxies: [127.0.0.1]'] });
  t.after(() => sally.close());
  sally.upstream.on('*', answer('a secret of the app', '404 Not Found', ['Content-Type: text/html', 'Server: legacy']));
  const [port, appPort] = [await freePort(), await freePort()];
  const scheme = shape.tls === undefined ? 'http' : 'https';
  const upstream = shape.appIsNginx === true ? appPort : sally.upstream.port;
  const ports = { us: handOn(sally.port, scheme), app: handOn(upstream, scheme), folder, port };
  const listen = `listen 127.0.0.1:${port}${shape.tls === undefined ? '' : ' ssl'}${shape.tls === 'h2' ? ' http2' : ''}`;
  const tls = shape.tls === undefined ? '' : `ssl_certificate ${folder}/c.crt; ssl_certificate_key ${folder}/c.key;`;
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  writeFileSync(join(folder, 'c.crt'), localhostCert);
  writeFileSync(join(folder, 'c.key'), localhostKey);
  writeFileSync(
    join(folder, 'nginx.conf'),
    `${process.getuid?.() === 0 ? 'user root; ' : ''}daemon off; pid ${folder}/pid; error_log ${folder}/log; worker_processes 1; events { worker_connections 512; }
http { access_log off; ${temp.join(' ')}
map $http_upgrade $sallyport_connection { default upgrade; '' ''; }
${shape.http?.(ports) ?? ''}
server { ${listen}; server_name localhost; ${tls} ${shape.server(ports)} }
server { listen 127.0.0.1:${appPort}; root ${folder}/nothing; } }`,
  );
  const log = join(folder, 'out');
  const nginx = start('/usr/sbin/nginx', ['-c', join(folder, 'nginx.conf'), '-e', join(folder, 'log')], log);
  t.after(async () => {
    await stop(nginx);
    rmSync(folder, { recursive: true, force: true });
  });
  await up(nginx, port, log);
  const [configured] = sally.config.apps;
  assert.ok(configured !== undefined);
  const app: AppConfig = {
    ...configured,
    origin: `${scheme}://localhost:${port}`,
    upstream: { ...configured.upstream, origin: `http://127.0.0.1:${upstream}` },
  };
  const parts = {
    ...{ marks: new CanaryMarks(sally.app.seal), ids: new RequestIds(sally.app.seal, systemRandom) },
    ...{ random: systemRandom, clock: sally.clock, store: sally.app.store, seal: sally.app.seal },
  };
  const run = (only?: readonly ProbeClass[]) =>
    runCanary(app, { trustedProxies: ['127.0.0.1'] }, { ...parts, ...(only === undefined ? {} : { only }) });
  return { sally, run, nginx };
}

/** Kinds of requests that nginx refuses some of by itself. */
const REFUSED: readonly ProbeClass[] = ['framing', 'target-form', 'encodings', 'host', 'method', 'expect'];

test('nginx in front: the whole corpus passes, what nginx refuses is shown to be its own', async (t) => {
  const { sally, run } = await behindNginx(t, { server: ({ us }) => `location / { ${us} }` });
  const report = await run();
  assert.ok(passed(report), JSON.stringify(report));
  assert.ok(report.front > 300 && report.held > 1500, JSON.stringify(report));
  assert.ok(report.frontSays.every((says) => says.includes('nginx/')));
  // Asked by ourselves for its words; nothing else has reached it.
  assert.ok(sally.upstream.hits <= 4);
});

for (const tls of ['h1', 'h2'] as const)
  test(`nginx that terminates TLS${tls === 'h2' ? ', with HTTP/2' : ''}, and has a page of its own for what it refuses: passed`, async (t) => {
    const { run } = await behindNginx(t, { tls, server: ({ us }) => `${OWN_PAGE} location / { ${us} }` });
    const report = await run([...REFUSED, 'plain', 'upgrade']);
    assert.ok(passed(report) && report.front > 100, JSON.stringify(report));
  });

test('nginx in front of us, and nginx with the app: what both refuse alike is unclear until the one in front has a page of its own', async (t) => {
  const alike = await behindNginx(t, { appIsNginx: true, server: ({ us }) => `location / { ${us} }` });
  const before = await alike.run(['method']);
  assert.deepEqual([passed(before), before.failed], [false, 0]);
  assert.match(before.unclearWhy ?? '', /TRACE .*: give the server in front a page of its own/);
  const told = await behindNginx(t, { appIsNginx: true, server: ({ us }) => `${OWN_PAGE} location / { ${us} }` });
  const after = await told.run(REFUSED);
  assert.ok(passed(after), JSON.stringify(after));
});

test('nginx that leads one kind of path past us has failed, whether the app has the page or not', async (t) => {
  for (const appIsNginx of [undefined, true] as const) {
    const { run } = await behindNginx(t, {
      ...(appIsNginx === undefined ? {} : { appIsNginx }),
      server: ({ us, app }) => `location / { ${us} } location ~ \\.php$ { ${app} }`,
    });
    const report = await run(['plain']);
    assert.ok(!passed(report) && report.failed + report.unclear > 0, JSON.stringify(report));
    if (appIsNginx === undefined) assert.match(report.failures[0]?.request ?? '', /\.php/);
    else assert.match(report.unclearWhy ?? '', /\.php.*could be handed on/);
  }
});

test('nginx with a cache: one that heeds no-store passes, one that does not is named', async (t) => {
  const http = ({ folder }: Ports) => `proxy_cache_path ${folder}/cache keys_zone=one:1m;`;
  const cache = 'proxy_buffering on; proxy_cache one; proxy_cache_valid any 10m;';
  const without = (us: string) => us.replace('proxy_buffering off;', '');
  const good = await behindNginx(t, { http, server: ({ us }) => `location / { ${without(us)} ${cache} }` });
  const fine = await good.run(['plain', 'method', 'query']);
  assert.ok(passed(fine), JSON.stringify(fine));
  const ignore = 'proxy_ignore_headers Cache-Control Vary Expires Set-Cookie;';
  const bad = await behindNginx(t, { http, server: ({ us }) => `location / { ${without(us)} ${cache} ${ignore} }` });
  const report = await bad.run(['plain']);
  assert.ok(report.failed > 0, JSON.stringify(report));
  assert.match(report.failures[0]?.answer ?? '', /something in front keeps answers/);
});

test('nginx that sends other hosts home, or answers them nothing: passed', async (t) => {
  for (const other of ['return 444;', 'return 301 http://localhost:PORT$request_uri;']) {
    const { run } = await behindNginx(t, {
      server: ({ us, port }) =>
        `if ($http_host != "localhost:${port}") { ${other.replace('PORT', String(port))} } location / { ${us} }`,
    });
    const report = await run(['host']);
    assert.ok(passed(report), JSON.stringify(report));
    assert.ok(report.front + report.silent > 5, JSON.stringify(report));
  }
});

test('nginx that puts pages of its own in place of ours, reaches nobody, or is not there: not passed, and it is said what to do', async (t) => {
  const veiled = await behindNginx(t, {
    server: ({ us }) => `${OWN_PAGE.replace('400', '400 401 403')} location / { ${us} proxy_intercept_errors on; }`,
  });
  assert.match((await veiled.run()).unreachable ?? '', /puts an answer of its own in place of ours/);
  const lost = await behindNginx(t, { server: () => `location / { proxy_pass http://127.0.0.1:9; }` });
  assert.match((await lost.run()).unreachable ?? '', /502 Bad Gateway: see where it hands on to/);
  await stop(lost.nginx);
  assert.match((await lost.run()).unreachable ?? '', /ECONNREFUSED/);
});
