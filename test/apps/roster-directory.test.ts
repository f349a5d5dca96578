// The accounts of an app are read from a real directory.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import type { RosterSource } from '../../src/config/types.ts';
import { RosterFault } from '../../src/rosters/fault.ts';
import { readRoster } from '../../src/rosters/read.ts';
import { BASE, type Directory, PASSWORD, READER, startDirectory } from './slapd.ts';

type Ldap = Extract<RosterSource, { kind: 'ldap' }>;
const PEOPLE = 2345;
let directory: Directory;
before(async () => {
  directory = await startDirectory(PEOPLE);
  writeFileSync(join(directory.folder, 'password'), PASSWORD, { mode: 0o600 });
});
after(() => directory.stop());

function source(over: Partial<Ldap> = {}): Ldap {
  const who = {
    user: READER,
    passwordFile: join(directory.folder, 'password'),
    ca: join(directory.folder, 'cert.pem'),
  };
  const where = { url: directory.tls, startTls: false, base: `ou=people,${BASE}`, filter: '(objectClass=person)' };
  return { kind: 'ldap', ...where, ...who, ...over };
}
const refused = (words: RegExp) => (error: unknown) => error instanceof RosterFault && words.test(error.message);
const all = Array.from({ length: PEOPLE }, (_, i) => `user${i}`).sort();

test('all people are read over LDAPS, in pages where the directory gives no more at once', async () => {
  assert.deepEqual(await readRoster(source(), null), all);
});

test('the attribute and the filter are those that are written', async () => {
  assert.deepEqual(await readRoster(source({ filter: '(uid=user7)' }), 'MAIL'), ['user7@example.org']);
  await assert.rejects(readRoster(source({ filter: '(uid=nobody)' }), null), refused(/no name/));
  await assert.rejects(readRoster(source({ filter: '(uid=' }), null), refused(/does not answer the search/));
});

test('ldap:// goes on after StartTLS, and not without a certificate that is vouched for', async () => {
  const plain = { url: directory.plain, startTls: true };
  assert.deepEqual(await readRoster(source(plain), null), all);
  await assert.rejects(readRoster(source({ ...plain, ca: null }), null), refused(/does not answer/));
  await assert.rejects(readRoster(source({ ca: null }), null), refused(/does not answer/));
});

test('a wrong password and nobody at all are refused, and the password is told to nobody', async () => {
  writeFileSync(join(directory.folder, 'wrong'), 'another-secret', { mode: 0o600 });
  const wrong = source({ passwordFile: join(directory.folder, 'wrong') });
  await assert.rejects(readRoster(wrong, null), (error: Error) => {
    assert.match(error.message, /does not answer the search \(InvalidCredentialsError/);
    assert.doesNotMatch(error.message, /another-secret/);
    return true;
  });
  await assert.rejects(readRoster(source({ user: null, passwordFile: null }), null), refused(/does not answer/));
});
