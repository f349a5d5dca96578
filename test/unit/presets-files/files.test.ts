import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { boundState } from '../../../src/config/login-types.ts';
import { presetNames } from '../../../src/config/preset/load.ts';
import { readHeadOf } from '../../../src/presets/reading.ts';
import { HeaderFields } from '../../../src/request/fields.ts';
import { parseTarget } from '../../../src/request/target.ts';
import { bound, file } from './presets.ts';

const TRIED = [
  'adminer',
  'anyconnect-xml',
  'apache-basic',
  'apache-digest',
  'apache-form',
  'cacti',
  'cockpit',
  'django-admin',
  'dokuwiki',
  'fossil',
  'icingaweb2',
  'j-security-check',
  'jupyter',
  'ldap-account-manager',
  'mediawiki',
  'phpldapadmin',
  'phpmyadmin',
  'postfixadmin',
  'qbittorrent',
  'redmine',
  'request-tracker',
  'roundcube',
  'sogo',
  'tt-rss',
  'wordpress',
  'zabbix',
  'znc',
];
const names = presetNames();

test('every preset loads and compiles, is called like its file, and says what it is', () => {
  assert.ok(names.length >= 32, `${names.length} presets`);
  for (const name of names) {
    const { preset } = file(name);
    assert.equal(preset.id, name);
    assert.ok(preset.title, `title of ${name}`);
    assert.ok(preset.note, `note of ${name}`);
    bound(name);
  }
});

test('what nobody ran is said to be from documentation; what was run names its version', () => {
  assert.deepEqual(
    names.filter((name) => file(name).preset.tested.length > 0),
    TRIED,
  );
  for (const name of names) {
    const { tested, note } = file(name).preset;
    assert.equal(note?.includes('from documentation'), tested.length === 0, name);
    for (const version of tested) assert.match(version, /\d/, name);
  }
});

test('an app that is asked who is signed in can say that it is nobody', () => {
  for (const name of names) {
    const { whoami } = bound(name);
    if (whoami !== null) assert.ok(whoami.anonymous.length > 0, name);
  }
});

test('a step says how failure looks, or leads to another; a password is a secret of its step', () => {
  for (const name of names) {
    const { steps } = bound(name);
    for (const { id, fail, next, secret, account } of steps) {
      assert.ok(fail.length > 0 || next !== null, `${name} ${id}`);
      assert.ok(secret.length > 0 || account !== null || next !== null, `${name} ${id}`);
    }
    if (steps.length > 0)
      assert.ok(
        steps.some(({ secret }) => secret.length > 0),
        name,
      );
  }
});

test('where people are sent to sign in may be seen by anybody, and is no door', () => {
  for (const name of names) {
    const login = bound(name);
    const { kind } = readHeadOf(login, 'GET', parseTarget(login.entry), HeaderFields.none);
    assert.equal(kind, login.anon.length > 0 ? 'surface' : 'plain', name);
  }
});

test('nothing but styles, scripts and pictures is static with any query, and never a sign-in address', () => {
  for (const name of names) {
    const login = bound(name);
    for (const { path, query } of login.anon)
      for (const { on } of login.steps)
        if (query === 'any') for (const step of on.paths) assert.notEqual(path.source, step.source, name);
  }
});

test('the table of the documentation has every preset with its state and its versions', () => {
  const table = readFileSync(new URL('../../../docs/presets.md', import.meta.url), 'utf8');
  const apart = table.indexOf('### From documentation alone');
  for (const name of names) {
    const row = table.split('\n').find((line) => line.startsWith(`| \`${name}\` |`));
    assert.ok(row, `row of ${name}`);
    const { tested, title } = file(name).preset;
    assert.equal(table.indexOf(row) > apart, tested.length === 0, `${name} stands where it was tried or not`);
    assert.ok(row.includes(title ?? '?'), `title of ${name}`);
    assert.ok(row.includes(tested.join(', ') || 'from documentation'), `versions of ${name}`);
    assert.ok(row.includes(boundState(bound(name)).replace('bound, ', '')), `state of ${name}`);
    assert.ok(row.includes(bound(name).anon.length > 0 ? 'both' : 'factor-first'), `order of ${name}`);
  }
});
