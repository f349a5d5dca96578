import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import test from 'node:test';
import { createVerifier as createDocumented } from '../../docs/verify/node.mjs';
import { createVerifier } from '../../src/demo/verify.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { type Judge, judgeTable, NOW } from '../support/assertion-judges.ts';
import { badLines, claimsOf, goodAssertion, headOf, type Issuer, signed, startIssuer } from '../support/assertions.ts';

/** An app as its owner would write it, once with each verifier that is shipped: 200 and the account, or 403. */
async function startApp(issuer: Issuer, which: 'documented' | 'demo'): Promise<Server> {
  const documented = createDocumented(issuer);
  const demo = createVerifier({ ...issuer, clock: systemClock });
  const server = createServer((request, response) => {
    const line = request.headers['sallyport-assertion'];
    const name =
      which === 'documented'
        ? documented(request).then((claims) => claims['name'])
        : demo(typeof line === 'string' ? line : undefined).then((visitor) => visitor.name);
    name.then(
      (account) => response.end(`account:${account}`),
      () => response.writeHead(403).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** Sends header lines as they are, over a plain socket; the whole answer as text. */
function ask(server: Server, lines: readonly string[]): Promise<string> {
  // A cast: a TCP server that listens has an AddressInfo.
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.setEncoding('latin1').on('data', (text: string) => {
      answer += text;
    });
    socket.on('error', reject).on('close', () => resolve(answer));
    const headers = lines.map((line) => `Sallyport-Assertion: ${line}\r\n`).join('');
    socket.write(`GET / HTTP/1.1\r\nHost: app\r\nConnection: close\r\n${headers}\r\n`, 'latin1');
  });
}

for (const which of ['documented', 'demo'] as const) {
  test(`the ${which} verifier`, async (t) => {
    const issuer = await startIssuer();
    const app = await startApp(issuer, which);
    t.after(async () => {
      app.closeAllConnections();
      app.close();
      await issuer.close();
    });

    await t.test('passes a good assertion and yields its account', async () => {
      assert.match(await ask(app, [goodAssertion(issuer)]), /^HTTP\/1\.1 200 [\s\S]*account:alice/);
    });

    await t.test('passes one that is 55 seconds old', async () => {
      const old = signed(issuer, headOf(issuer), claimsOf(issuer, 'bob', 55));
      assert.match(await ask(app, [old]), /^HTTP\/1\.1 200 [\s\S]*account:bob/);
    });

    for (const [what, lines] of badLines(issuer)) {
      await t.test(`refuses ${what}`, async () => {
        const answer = await ask(app, lines);
        // A raw newline in a header is the HTTP parser's to refuse: 400 instead of 403. Neither reaches the app.
        assert.match(answer, /^HTTP\/1\.1 (403|400) /);
        assert.doesNotMatch(answer, /account:/);
      });
    }
  });

  test(`the ${which} verifier refuses everything while the keys cannot be had`, async (t) => {
    const issuer = await startIssuer();
    const app = await startApp(issuer, which);
    t.after(() => app.close());
    const good = goodAssertion(issuer);
    await issuer.close();
    assert.match(await ask(app, [good]), /^HTTP\/1\.1 403 /);
  });
}

/** The name, or null for whatever was thrown. */
async function nameOrNull(verify: () => Promise<unknown>): Promise<string | null> {
  try {
    return String(await verify());
  } catch {
    return null;
  }
}

test('the documented verifier refuses every bad token of the table, and takes every good one', async (t) => {
  const issuer = await startIssuer();
  t.after(() => issuer.close());
  t.mock.timers.enable({ apis: ['Date'], now: NOW * 1000 });
  const verify = createDocumented(issuer);
  await judgeTable(issuer, (tokens) =>
    Promise.all(
      tokens.map((token) =>
        nameOrNull(async () => (await verify({ headers: { 'sallyport-assertion': token } }))['name']),
      ),
    ),
  );
});

test("the product's own verifier does the same", async (t) => {
  const issuer = await startIssuer();
  t.after(() => issuer.close());
  const verify = createVerifier({ ...issuer, clock: { ...systemClock, now: () => NOW * 1000 } });
  await judgeTable(issuer, (tokens) =>
    Promise.all(tokens.map((token) => nameOrNull(async () => (await verify(token)).name))),
  );
});

/** One question to a service of docs/verify over a plain socket: the account, or null where it answered anything but 204. */
async function askService(port: number, token: string): Promise<string | null> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.setEncoding('latin1').on('data', (text: string) => {
    answer += text;
  });
  // It may hang up on what is too long before all of it is written.
  socket.on('error', () => undefined);
  socket.write(`GET / HTTP/1.1\r\nHost: app\r\nConnection: close\r\nSallyport-Assertion: ${token}\r\n\r\n`);
  await new Promise<void>((resolve) => socket.on('close', () => resolve()));
  if (!answer.startsWith('HTTP/1.1 204 ')) return null;
  return decodeURIComponent(/^x-account: (.*)$/im.exec(answer)?.[1] ?? '');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a TCP server that listens has one
  server.close();
  return port;
}

async function startService(issuer: Issuer): Promise<{ port: number; child: ChildProcess }> {
  const port = await freePort();
  const clock = `data:text/javascript,Date.now=()=>${NOW * 1000}`;
  const child = spawn(
    process.execPath,
    ['--import', clock, 'docs/verify/auth-service.mjs', `${port}`, issuer.jwksUrl.href, issuer.issuer, issuer.audience],
    { stdio: 'inherit' },
  );
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const open = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (open) return { port, child };
    assert.equal(child.exitCode, null, 'the service has ended');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('the service beside nginx does the same', async (t) => {
  const issuer = await startIssuer();
  const { port, child } = await startService(issuer);
  t.after(async () => {
    child.kill();
    await issuer.close();
  });
  const judge: Judge = async (tokens) => {
    const said: (string | null)[] = [];
    for (const token of tokens) said.push(await askService(port, token));
    return said;
  };
  await judgeTable(issuer, judge);
  assert.equal(child.exitCode, null, 'it has survived them');
});

test('the documented verifier cannot be built with a check left out', () => {
  const whole = { jwksUrl: 'http://127.0.0.1/jwks', issuer: 'https://a.example', audience: 'a' };
  for (const missing of ['jwksUrl', 'issuer', 'audience']) {
    assert.throws(() => createDocumented({ ...whole, [missing]: '' }), TypeError);
  }
});

test('a string handed to the verifier by hand passes no newline, blank or padding either', async (t) => {
  const issuer = await startIssuer();
  t.after(() => issuer.close());
  const verify = createVerifier({ ...issuer, clock: systemClock });
  const documented = createDocumented(issuer);
  const good = goodAssertion(issuer);
  assert.equal((await verify(good)).name, 'alice');
  for (const bad of [`${good}\n`, `${good}==`, ` ${good}`, `${good.slice(0, -20)} ${good.slice(-20)}`]) {
    await assert.rejects(verify(bad), { code: 'forbidden' });
    await assert.rejects(documented({ headers: { 'sallyport-assertion': bad } }));
  }
});
