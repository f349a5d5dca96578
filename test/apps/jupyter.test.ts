import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { launchBrowser } from '../support/browser.ts';
import { presetHolds } from './checks.ts';
import { get } from './client.ts';
import { type Guarded, startGuarded } from './guarded.ts';
import { Person } from './person.ts';
import { jupyter } from './products/jupyter.ts';
import { Visitor } from './visitor.ts';

/** Opens a WebSocket as this browser; the status of the answer. */
async function socket(visitor: Visitor, target: string, origin = visitor.front.origin): Promise<number> {
  const cookie = [...visitor.cookies].map((pair) => pair.join('=')).join('; ');
  const { host } = new URL(visitor.front.origin);
  const headers = {
    ...{ Host: host, Origin: origin, Cookie: cookie, Connection: 'Upgrade', Upgrade: 'websocket' },
    ...{ 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': randomBytes(16).toString('base64') },
  };
  const sent = request({ host: '127.0.0.1', port: visitor.front.port, path: target, headers, agent: false });
  sent.end();
  return new Promise((resolve, reject) => {
    sent.on('upgrade', (_, opened) => {
      opened.destroy();
      resolve(101);
    });
    sent.on('response', (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    sent.on('error', reject);
  });
}

describe('jupyter', () => {
  let guarded: Guarded;
  const people = new Map<string, Visitor>();
  const of = (name: string): Visitor => {
    const visitor = people.get(name);
    assert.ok(visitor);
    return visitor;
  };
  before(async () => {
    guarded = await startGuarded(jupyter);
    for (const [name, ...more] of [['alice'], ['dora', '--group', 'team'], ['bob']] as const) {
      await guarded.command('account', 'add', name, '--realm', 'people', ...more);
      const visitor = new Visitor(guarded.first, jupyter);
      await visitor.enrol(await guarded.command('ticket', 'issue', name));
      people.set(name, visitor);
    }
  });
  after(() => guarded?.stop());
  const send = (visitor: Visitor, method: string, target: string, json?: unknown) => {
    const headers = [
      ['Content-Type', 'application/json'],
      ['X-XSRFToken', decodeURIComponent(visitor.cookies.get('_xsrf') ?? '').replace(/^"|"$/g, '')],
    ] as const;
    return visitor.ask({ method, target, headers, ...(json === undefined ? {} : { body: JSON.stringify(json) }) });
  };

  test('who does not hold the account gets nothing of it, whatever they know', async () => {
    const bob = of('bob');
    const { bytes } = guarded.first.relay;
    for (const target of ['/', '/login', '/tree', '/api', '/api/status', '/static/style/style.min.css', '/?token=x'])
      assert.equal((await bob.ask(get(target))).status, 403, target);
    assert.equal((await bob.logIn(jupyter.other)).status, 403);
    assert.equal(await socket(bob, '/api/kernels/x/channels'), 403);
    assert.equal(guarded.first.relay.bytes, bytes, 'not one byte has reached it');
  });

  test('those who do sign in each for themselves, and work with kernels', async () => {
    const [alice, dora] = [of('alice'), of('dora')];
    assert.equal((await alice.logIn({ name: 'alice', password: 'wrong' })).status, 401);
    assert.equal(await alice.who(), null);
    const answer = await alice.logIn(jupyter.mine);
    assert.deepEqual([answer.status, answer.location], [302, '/tree']);
    assert.equal(await alice.who(), 'alice');
    assert.equal(await dora.who(), null, 'nobody is signed in by another');
    assert.equal((await dora.logIn(jupyter.mine)).status, 302);
    const made = await send(alice, 'POST', '/api/contents', { type: 'notebook' });
    assert.equal(made.status, 201, made.body);
    const source = 'password = "x"\ntoken = "y"\nlogin(username="bob", password=password)';
    const cell = { cell_type: 'code', execution_count: null, metadata: {}, outputs: [], source };
    const content = { cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 };
    const saved = await send(alice, 'PUT', '/api/contents/Untitled.ipynb', {
      type: 'notebook',
      format: 'json',
      content,
    });
    assert.equal(saved.status, 200, saved.body);
    const kernel = await send(dora, 'POST', '/api/kernels', { name: 'python3' });
    assert.equal(kernel.status, 201, kernel.body);
    const { id } = JSON.parse(kernel.body) as { id: string };
    assert.equal(await socket(dora, `/api/kernels/${id}/channels?session_id=1`), 101);
    assert.equal(await socket(dora, `/api/kernels/${id}/channels`, 'https://evil.example'), 403);
    assert.equal((await send(dora, 'DELETE', `/api/kernels/${id}`)).status, 204);
    await alice.page('/logout');
    assert.deepEqual([await alice.who(), await dora.who()], [null, 'alice']);
  });

  test('tokens are refused in addresses and do not arrive in headers; a form of another site is refused', async () => {
    const alice = of('alice');
    for (const target of ['/tree?token=a', '/api/status?TOKEN=a', '/login?next=/&token=a', '/?new_password=a'])
      assert.equal((await alice.ask(get(target))).status, 403, target);
    for (const scheme of ['token', 'Bearer'])
      assert.equal((await alice.ask(get('/api/status', [['Authorization', `${scheme} a`]]))).status, 403);
    assert.ok(guarded.first.relay.requests.every((each) => each.all('authorization').length === 0));
    const attempt = await jupyter.attempt(alice, jupyter.mine);
    const twice = { ...attempt, body: `${attempt.body}&new_password=Other1234` };
    assert.equal((await alice.ask(twice)).status, 400);
    assert.equal((await alice.logIn(jupyter.mine)).status, 302);
    const foreign = { ...get('/api/contents'), headers: [['Origin', 'https://evil.example']] as const };
    assert.ok((await alice.ask(foreign)).status >= 400);
    for (const visitor of people.values())
      for (const name of visitor.given) assert.match(name, /^__Host-sallyport|^_xsrf$/, 'its session stays away');
  });

  test('in a browser: name and factor, the password, a notebook, and a cell that runs', async () => {
    const browser = await launchBrowser();
    try {
      const { phone } = of('alice');
      assert.ok(phone);
      const person = await Person.of(jupyter, guarded.first, phone, browser);
      const { page } = person;
      await person.signIn('/tree');
      await page.fill('#password_input', jupyter.mine.password);
      await page.click('#login_submit');
      await jupyter.person.arrived(page);
      await person.goto('/notebooks/Untitled.ipynb');
      await page.locator('#kernel_indicator_icon[title="Kernel Idle"]').waitFor({ state: 'attached' });
      await page.evaluate('Jupyter.notebook.get_cell(0).set_text("print(6 * 7)"); Jupyter.notebook.execute_cell(0)');
      await page.locator('.output_stdout', { hasText: '42' }).waitFor();
      await person.checkWhole();
    } finally {
      await browser.close();
    }
  });

  test('preset test holds on the product, sent as the proxy sends', () => presetHolds(guarded));
});
