import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Config } from '../../src/config/types.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { mailbox } from '../../src/receivers/heads/mail.ts';
import type { Store } from '../../src/store/types.ts';
import { configOf, folderFor, senderOn, until, withAuthority } from '../support/receivers.ts';
import { sealAll, withLogKey, written } from '../support/sealed.ts';
import { parseMessage } from '../support/smtp.ts';
import { eachStore } from '../support/stores.ts';

const CHILD = fileURLToPath(new URL('../support/smtp-child.ts', import.meta.url));
const READER = 'security@example.org';
const KILLS = 5;

/** A mail server that is a process, and can be killed and started again at the same port. */
class MailServer {
  readonly #file: string;
  readonly #mood: string;
  port = 0;
  #child: ChildProcess | undefined;

  constructor(folder: string) {
    this.#file = join(folder, 'taken');
    this.#mood = join(folder, 'mood');
  }

  is(mood: 'well' | 'greylists' | 'refuses' | 'full'): void {
    writeFileSync(this.#mood, mood);
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, [CHILD, String(this.port), this.#file, this.#mood], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    this.port = Number(said.toString());
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  /** What it has taken, by Message-ID: a message that came again has the one of before, and says the same. */
  messages(): ReadonlyMap<string, string> {
    const lines = existsSync(this.#file) ? readFileSync(this.#file, 'utf8').split('\n').slice(0, -1) : [];
    const found = new Map<string, string>();
    for (const line of lines) {
      const { to, raw } = JSON.parse(line) as { to: readonly string[]; raw: string };
      const { headers, body } = parseMessage(raw);
      const id = headers.get('message-id') ?? assert.fail('a message without an id');
      assert.deepEqual(to, [READER]);
      assert.equal(found.get(id) ?? body, body, 'the same id, the same message');
      found.set(id, body);
    }
    return found;
  }
}

/** Keeps a head of some more entries; its note. */
async function grow(store: Store, count: number): Promise<string> {
  await written(store, 3, count);
  await sealAll(store, { keep: true, at: 1_764_460_900_000 + count });
  return (await store.log.newestCheckpoint())?.note ?? assert.fail('no head was kept');
}

async function stand(store: Store, server: MailServer, folder: string) {
  await withAuthority(folder);
  await withLogKey(store);
  await server.start();
  const mail: Config['mail'] = {
    ...{ host: 'localhost', port: server.port, tls: 'implicit', user: null, passwordFile: null, password: null },
    ...{ ca: join(folder, 'ca.pem'), from: 'sallyport@example.org' },
  };
  const pages = { language: 'en', name: 'Sallyport', timeZone: 'UTC' } as unknown as Config['pages']; // what a mail takes of it
  const place = mailbox(READER, () => ({ mail, pages, apps: [] }), systemClock);
  const nowhere = { kind: 'file', path: '' } as const;
  return senderOn(store, configOf(nowhere, { name: 'mail', what: [], checkpoints: true }), { place });
}

/** That each head came once, in order, and none else. */
function inOrder(server: MailServer, heads: readonly string[]): void {
  const bodies = [...server.messages().values()];
  assert.equal(bodies.length, heads.length);
  for (const [i, note] of heads.entries())
    assert.ok(bodies[i]?.includes(note.trimEnd()), `head ${i} is not message ${i}`);
}

eachStore(
  'heads are mailed once each and in order, to a server that greylists, refuses and is full for a time',
  async (on) => {
    const { store, t } = on;
    const folder = await folderFor(t);
    const server = new MailServer(folder);
    t.after(() => server.kill());
    server.is('greylists');
    const { sender, heard } = await stand(store, server, folder);
    sender.start();
    const heads: string[] = [];
    for (const mood of ['greylists', 'refuses', 'full', 'well'] as const) {
      server.is(mood);
      for (let n = 0; n < 2; n += 1) heads.push(await grow(store, heads.length * 3));
      await until(
        async () =>
          mood === 'well' ||
          mood === 'greylists' ||
          (await store.log.receiver('mail'))?.state.includes('"tries"') === true,
      );
      server.is('well');
      await until(() => server.messages().size === heads.length, 60_000);
    }
    await sender.stop();
    inOrder(server, heads);
    assert.deepEqual(heard.failures, []);
    assert.ok(heard.lines.some((line) => line.includes('takes nothing')));
  },
);

eachStore('a mail server that is killed and started again is mailed every head once, in order', async (on) => {
  const { store, t } = on;
  const folder = await folderFor(t);
  const server = new MailServer(folder);
  t.after(() => server.kill());
  const { sender, heard } = await stand(store, server, folder);
  sender.start();
  const heads: string[] = [];
  for (let n = 0; n < KILLS; n += 1) {
    for (let more = 0; more < 3; more += 1) heads.push(await grow(store, heads.length * 3));
    await sleep(23 * n);
    await server.kill();
    heads.push(await grow(store, heads.length * 3));
    await server.start();
  }
  await until(() => server.messages().size === heads.length, 60_000);
  await sender.stop();
  inOrder(server, heads);
  assert.deepEqual(heard.failures, []);
});
