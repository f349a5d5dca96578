import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import test, { after, before, type TestContext } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { APP_PASSWORDS, type LoginApp, startLoginApp } from '../support/login-app.ts';
import { folder, LAUNCHER, run } from '../support/process.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

interface Session {
  readonly app: LoginApp;
  readonly child: ChildProcess;
  /** Where the recorder listens. */
  readonly origin: string;
  readonly out: string;
  readonly people: readonly string[];
  text(): string;
  /** Exit code, once it has ended. */
  readonly ended: Promise<number | null>;
}

async function until(look: () => boolean, what: string): Promise<void> {
  for (let tries = 0; !look(); tries += 1) {
    if (tries > 800) throw new Error(what);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function record(t: TestContext, prepare: (app: LoginApp) => void = () => {}): Promise<Session> {
  const app = await startLoginApp();
  prepare(app);
  t.after(() => app.close());
  const dir = folder(t);
  for (const name of ['alice', 'bob']) writeFileSync(join(dir, name), APP_PASSWORDS[name] ?? '');
  const people = [
    ...['--account', 'alice', '--password-file', join(dir, 'alice')],
    ...['--second', 'bob', '--second-password-file', join(dir, 'bob')],
  ];
  const out = join(dir, 'portal.yml');
  const argv = [LAUNCHER, 'preset', 'record', '--upstream', app.origin, '--out', out, ...people];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  await until(() => text.includes('Ctrl-C ends it'), 'the recorder did not start');
  const origin = /http:\/\/127\.0\.0\.1:\d+(?=\/\.record\/)/.exec(text)?.[0] ?? '';
  return { app, child, origin, out, people, text: () => text, ended };
}

/** Types into the sign-in page and sends it. The app's form has no button. */
async function signIn(page: Page, origin: string, password: string): Promise<void> {
  await page.goto(`${origin}/login`);
  await page.fill('[name=username]', 'alice');
  await page.fill('[name=password]', password);
  await Promise.all([page.waitForNavigation(), page.evaluate('document.forms[0].submit()')]);
}

/** The whole way of an operator. */
async function walk({ origin }: Session, page: Page): Promise<void> {
  await page.goto(`${origin}/`);
  assert.equal(new URL(page.url()).pathname, '/login', 'redirects of the app stay at the recorder');
  await signIn(page, origin, APP_PASSWORDS['alice'] ?? '');
  assert.equal(new URL(page.url()).origin, origin);
  assert.match(await page.innerText('h1'), /private page of alice/);
  await page.goto(`${origin}/whoami`);
  await page.goto(`${origin}/logout`);
  await signIn(page, origin, 'a-wrong-password-typed');
}

test('one sign-in in a browser makes a preset that holds on the app, without a password in it', async (t) => {
  const session = await record(t, (app) => {
    app.folds = ['lower'];
  });
  const context = await browser.newContext();
  t.after(() => context.close());
  const [page, guide] = [await context.newPage(), await context.newPage()];
  await guide.goto(`${session.origin}/.record/`);
  assert.equal(await guide.locator('s').count(), 0, 'nothing is done yet');
  assert.equal(await guide.getByRole('button').count(), 0, 'nothing can be finished yet');
  await walk(session, page);
  await guide.goto(`${session.origin}/.record/`);
  assert.equal(await guide.locator('s').count(), 5, await guide.innerText('ol'));
  await guide.getByRole('button', { name: 'Finish' }).click();
  assert.equal(await session.ended, 0, session.text());
  const text = readFileSync(session.out, 'utf8');
  for (const secret of [...Object.values(APP_PASSWORDS), 'a-wrong-password-typed'])
    assert.ok(!text.includes(secret) && !session.text().includes(secret), 'a password was written');
  assert.match(session.text(), /^right password .*whoami says "alice" +ok$/m);
  assert.match(session.text(), /^wrong password .* ok$/m);
  assert.match(session.text(), /^right password of bob .*whoami says "bob" +ok$/m);
  const shown = JSON.parse((await run('preset', 'show', session.out, '--json')).out) as Record<string, unknown>;
  assert.equal(shown['bound'], 'bound, proven by whoami');
  assert.equal(shown['entry'], '/login');
  assert.deepEqual(shown['guard'], { fields: ['password', 'username'] });
  assert.deepEqual(shown['session'], { cookies: ['SESS'] });
  assert.deepEqual((shown['account'] as { fold: string[] }).fold, ['lower'], 'only what the app has shown to fold');
  assert.deepEqual(
    shown['logout'],
    [{ path: '/logout', query: undefined }].map(({ path }) => ({ path })),
  );
  const again = await run('preset', 'test', session.out, '--upstream', session.app.origin, ...session.people);
  assert.equal(again.code, 0, again.out + again.err);
});

test('a sign-in that looks the same whether it succeeds or not is left to the app’s own word', async (t) => {
  const session = await record(t, (app) => {
    app.silent = true;
  });
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  await walk(session, page);
  await page.goto(`${session.origin}/.record/`);
  await page.getByRole('button', { name: 'Finish' }).click();
  assert.equal(await session.ended, 0, session.text());
  assert.match(readFileSync(session.out, 'utf8'), /ok:\n +probe: true\n +fail:\n +probe: false/);
});

test('the name first and the password on the next page are two steps', async (t) => {
  const session = await record(t, (app) => {
    app.steps = 2;
  });
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  const send = () => Promise.all([page.waitForNavigation(), page.evaluate('document.forms[0].submit()')]);
  const inTwo = async (password: string) => {
    await page.goto(`${session.origin}/login`);
    await page.fill('[name=username]', 'alice');
    await send();
    // The form of the second page names no method and no address.
    await page.evaluate("document.forms[0].method = 'post'");
    await page.fill('[name=password]', password);
    await send();
  };
  await inTwo(APP_PASSWORDS['alice'] ?? '');
  await page.goto(`${session.origin}/whoami`);
  await page.goto(`${session.origin}/logout`);
  await inTwo('a-wrong-password-typed');
  await page.goto(`${session.origin}/.record/`);
  await page.getByRole('button', { name: 'Finish' }).click();
  assert.equal(await session.ended, 0, session.text());
  const { login } = JSON.parse((await run('preset', 'show', session.out, '--json')).out) as { login: { id: string }[] };
  assert.deepEqual(
    login.map(({ id }) => id),
    ['name', 'password'],
  );
});

test('the recorder answers by its own address alone, and Ctrl-C writes nothing', async (t) => {
  const session = await record(t);
  const { port } = new URL(session.origin);
  const status = await new Promise<number>((resolve, reject) => {
    const request = get(
      { port, host: '127.0.0.1', path: '/login', headers: { host: `evil.test:${port}` } },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      },
    );
    request.on('error', reject);
  });
  assert.equal(status, 421);
  assert.equal(session.app.served.length, 0, 'the app was asked all the same');
  const foreign = await fetch(`${session.origin}/.record/finish`, {
    method: 'POST',
    headers: { origin: 'http://evil.test' },
  });
  assert.equal(foreign.status, 200);
  assert.equal(session.child.exitCode, null, 'another site ended the recording');
  session.child.kill('SIGINT');
  assert.equal(await session.ended, 1);
  assert.match(session.text(), /Stopped; nothing was written\./);
  assert.equal(existsSync(session.out), false);
});
