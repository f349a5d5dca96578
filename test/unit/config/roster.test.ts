import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { loadConfigFile } from '../../../src/config/load.ts';

async function load(t: TestContext, roster: string) {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-config-'));
  t.after(() => rmSync(dir, { recursive: true }));
  writeFileSync(join(dir, 'secret'), 'sesame\n', { mode: 0o600 });
  const app = `{ hosts: [app.test], upstream: 'http://127.0.0.1:9', realm: staff, roster: ${roster} }`;
  const file = join(dir, 'sallyport.yml');
  writeFileSync(file, `listen: 127.0.0.1:8080\nrealms: { staff: { source: local } }\napps:\n  portal: ${app}\n`);
  const { config, faults } = await loadConfigFile(file);
  return { dir, roster: config?.apps[0]?.roster, faults: faults.map(({ path, message }) => `${path}: ${message}`) };
}

const ASKER = { user: null, passwordFile: null, ca: null };

test('each source is understood', async (t) => {
  const sources: Readonly<Record<string, (dir: string) => object>> = {
    '{ file: a.csv }': (dir) => ({ kind: 'file', path: join(dir, 'a.csv') }),
    '{ url: "https://x.test/a", token_file: secret }': (dir) => {
      return { kind: 'url', url: 'https://x.test/a', tokenFile: join(dir, 'secret'), ...ASKER };
    },
    '{ sql: { store: "sqlite:app.db", query: "SELECT a FROM b" } }': (dir) => {
      return { kind: 'sqlite', path: join(dir, 'app.db'), query: 'SELECT a FROM b' };
    },
    '{ sql: { store: "postgres://r@db/app", query: "SELECT a FROM b" }, password_file: secret }': (dir) => {
      const passwordFile = join(dir, 'secret');
      return { kind: 'postgres', url: 'postgres://r@db/app', query: 'SELECT a FROM b', passwordFile };
    },
    '{ ldap: { url: "ldap://dc.test", base: "dc=x", filter: "(uid=*)" }, user: "cn=r", password_file: secret }': (
      dir,
    ) => {
      const where = { url: 'ldap://dc.test', startTls: true, base: 'dc=x', filter: '(uid=*)' };
      return { kind: 'ldap', ...where, ...ASKER, user: 'cn=r', passwordFile: join(dir, 'secret') };
    },
    '{ ldap: { url: "ldap://127.0.0.1:389", base: "dc=x", filter: "(uid=*)" } }': () => {
      return { kind: 'ldap', url: 'ldap://127.0.0.1:389', startTls: false, base: 'dc=x', filter: '(uid=*)', ...ASKER };
    },
  };
  for (const [text, source] of Object.entries(sources)) {
    const { dir, roster, faults } = await load(t, text);
    assert.deepEqual(faults, [], text);
    assert.deepEqual(roster?.source, source(dir), text);
    assert.equal(roster?.everyMs, 86_400_000);
  }
  const { roster } = await load(t, '{ dormant_after: 90d, disable_dormant: true }');
  assert.deepEqual([roster?.source, roster?.dormantAfterMs, roster?.disableDormant], [null, 90 * 86_400_000, true]);
});

test('what does not fit together, and what would send a secret where anybody can read it, is a fault', async (t) => {
  const wrong: Readonly<Record<string, RegExp>> = {
    '{ file: a.csv, url: "https://x.test/a" }': /roster\.url: A list has one source/,
    '{ url: "http://x.test/a" }': /roster\.url: Write https/,
    '{ url: "https://u:p@x.test/a" }': /roster\.url: Leave user and password out/,
    '{ url: "https://x.test/a", user: r }': /roster\.user: The user has no password/,
    '{ url: "https://x.test/a", password_file: secret }': /roster\.password_file: This is the password of nobody/,
    '{ url: "https://x.test/a", user: r, password_file: secret, token_file: secret }': /token_file: A user with/,
    '{ url: "https://x.test/a", token_file: none }': /roster\.token_file: There is no file/,
    '{ url: "https://x.test/a", ca: none }': /roster\.ca: There is no file/,
    '{ file: a.csv, user: r, password_file: secret }': /roster\.user: Of no use .*: user, password_file\. Remove them/,
    '{ sql: { store: "sqlite:a.db", query: "SELECT 1" }, password_file: secret }':
      /password_file: Of no use .*: password_file\. Remove it/,
    '{ ldap: { url: "https://x.test", base: "dc=x", filter: "(a=*)" } }': /ldap\.url: Expected ldaps/,
    '{ disable_dormant: true }': /disable_dormant: Nothing is dormant here/,
    '{ every: 1m }': /every: Expected a duration from 1h to 30d/,
  };
  for (const [text, message] of Object.entries(wrong)) {
    const { faults } = await load(t, text);
    assert.ok(
      faults.some((each) => message.test(each)),
      `${text}: ${faults.join('\n')}`,
    );
  }
});
