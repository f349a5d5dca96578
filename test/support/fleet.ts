import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { sha256 } from '../../src/lib/bytes.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { openStore } from '../../src/store/open.ts';
import type { WholeStore as Store } from '../../src/store/types.ts';
import { folder, freePort, type Running, start } from './process.ts';
import { SESSION } from './sallyport.ts';
import { postgres } from './stores.ts';
import { answer, type RecordingUpstream, startUpstream } from './upstream.ts';

/** A server as a process of its own. */
export interface Node {
  readonly file: string;
  readonly port: number;
  readonly process: Running;
}

/** Servers that share a database, an app behind them, and that database itself. */
export interface Fleet {
  readonly store: Store;
  readonly upstream: RecordingUpstream;
  readonly nodes: readonly Node[];
  /** A live session of a fresh account: its cookie, its id and the account's name. */
  session(): Promise<{ cookie: string; id: string; account: string; totp: string }>;
}

const HOUR = 3_600_000;

async function person(store: Store) {
  const account = `p${randomBytes(4).toString('hex')}`;
  const [id, totp, cookie] = [`ses-${account}`, `totp-${account}`, randomBytes(32).toString('base64url')];
  const now = systemClock.now();
  const accountId = `id-${account}`;
  const blank = {
    organisationId: 'realm.staff',
    roles: [],
    passwordHash: null,
    email: null,
    disabledAt: null,
    createdAt: now,
  };
  await store.accounts.insert({ id: accountId, realm: 'staff', name: account, groups: ['ops'], ...blank });
  await store.authenticators.insert({
    id: totp,
    accountId,
    kind: 'totp',
    label: 'app',
    secret: 'sealed',
    lastStep: 0,
    failures: 0,
    disabledAt: null,
    createdAt: now,
    lastUsedAt: null,
  });
  await store.sessions.insert({
    id,
    hash: sha256(cookie),
    accountId,
    appId: 'portal',
    proofs: [
      { kind: 'password', at: now },
      { kind: 'totp', at: now },
    ],
    createdAt: now,
    lastSeenAt: now,
    expiresAt: now + 8 * HOUR,
    idleMs: HOUR,
    admittedAt: null,
    endedAt: null,
    endReason: null,
    source: '127.0.0.1',
    userAgent: 'test',
  });
  return { cookie: `${SESSION}=${cookie}`, id, account, totp };
}

/** Servers as processes of their own: one on SQLite, two on PostgreSQL. */
export async function fleet(t: TestContext, kind: 'sqlite' | 'postgres', trust = '1s'): Promise<Fleet> {
  const dir = folder(t);
  const upstream = await startUpstream();
  t.after(() => upstream.close());
  upstream.on('*', answer('from the app'));
  const url = kind === 'postgres' ? new URL(await (await postgres()).migrated()) : null;
  const kept = url?.href;
  if (url !== null) {
    writeFileSync(join(dir, 'password'), url.password, { mode: 0o600 });
    url.password = '';
  }
  const nodes: Node[] = [];
  for (let n = 0; n < (kind === 'sqlite' ? 1 : 2); n += 1) {
    const port = await freePort();
    const file = join(dir, `node-${n}.yml`);
    writeFileSync(
      file,
      [
        `listen: 127.0.0.1:${port}`,
        `data: data-${n}`,
        'master_key: master.key',
        ...(url === null ? [] : [`store: ${url.href}`, 'store_password_file: password']),
        'realms: { staff: { source: local } }',
        `nodes: { trust: ${trust} }`,
        'apps:',
        `  portal: { hosts: [app.test], origin: 'http://app.test', upstream: '${upstream.origin}', realm: staff, rules: [{ path: /ops/**, groups: [ops] }] }`,
        '',
      ].join('\n'),
    );
    const process = start(t, '--config', file);
    await process.until(/Stop with Ctrl-C/);
    nodes.push({ file, port, process });
  }
  const config =
    kept === undefined
      ? ({ kind: 'sqlite', path: join(dir, 'data-0', 'sallyport.db') } as const)
      : ({ kind: 'postgres', url: kept } as const);
  const store = await openStore(config, { clock: systemClock });
  t.after(() => store.close());
  return { store, upstream, nodes, session: () => person(store) };
}
