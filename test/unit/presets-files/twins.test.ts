import assert from 'node:assert/strict';
import test from 'node:test';
import type { BoundLogin, NameSource } from '../../../src/config/login-types.ts';
import { presetNames } from '../../../src/config/preset/load.ts';
import { appName, sameAtApp } from '../../../src/presets/names.ts';
import type { WholeAnswer } from '../../../src/presets/types.ts';
import { whoIs } from '../../../src/presets/whoami.ts';
import { sampleOf } from '../../support/sample-text.ts';
import { NAME, twinsOf } from '../../support/twins.ts';
import { answer, bound, file, NOW } from './presets.ts';

const escaped = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

function inJson(pointer: string, name: string): string {
  const value = pointer
    .split('/')
    .slice(1)
    .reduceRight<unknown>((inner, key) => ({ [key]: inner }), name);
  return JSON.stringify(value);
}

/** What the app answers when that name is signed in, by what the preset says of it. */
function answerOf(source: NameSource, name: string): WholeAnswer {
  switch (source.in) {
    case 'body':
      return answer(200, { 'Content-Type': 'text/html' }, sampleOf(source.find.source, escaped(name)));
    case 'header': {
      const written = source.decode === 'url' ? encodeURIComponent(name) : Buffer.from(name).toString('latin1');
      return answer(200, { [source.name]: sampleOf(source.find.source, written) });
    }
    case 'location':
      return answer(302, { Location: sampleOf(source.find.source, encodeURIComponent(name)) });
    case 'json':
      return answer(200, { 'Content-Type': 'application/json' }, inJson(source.pointer, name));
    case 'cookie':
      return answer(200, { 'Set-Cookie': `${sampleOf(source.name.source, '')}=${encodeURIComponent(name)}` });
    default:
      return source satisfies never;
  }
}

/** The account by the app's own word; undefined where it says nobody's, or none that can be told. */
function said(login: BoundLogin, name: string): string | undefined {
  if (login.whoami === null) return undefined;
  const who = whoIs(login, answerOf(login.whoami.name, name), NOW);
  return who.kind === 'name' ? who.name : undefined;
}

test('what nobody tried folds and strips nothing: two spellings are two accounts', () => {
  for (const name of presetNames()) {
    const { preset } = file(name);
    if (preset.tested.length > 0) continue;
    assert.deepEqual(preset.account?.fold ?? [], [], name);
    assert.deepEqual(preset.account?.strip ?? [], [], name);
  }
});

for (const preset of presetNames()) {
  const login = bound(preset);
  const { tested } = file(preset).preset;
  /** What the preset says of the product, having been tried, takes both for one. */
  const folds = (twin: string): boolean =>
    tested.length > 0 && login.names.fold.length + login.names.strip.length > 0 && sameAtApp(login.names, NAME, twin);

  test(`${preset}: no twin of a name is that account, unless the product was seen to take it for the same`, () => {
    assert.ok(sameAtApp(login.names, NAME, NAME));
    for (const { kind, name } of twinsOf(NAME)) {
      const one = sameAtApp(login.names, NAME, name);
      assert.equal(one, folds(name), `${kind}: ${name}`);
      assert.equal(sameAtApp(login.names, name, NAME), one, `${kind}, the other way`);
    }
  });

  if (login.whoami !== null)
    test(`${preset}: what the app says of a twin is read as the twin, letter by letter, or not at all`, () => {
      assert.equal(said(login, NAME), NAME, 'the sample of an answer');
      for (const { kind, name } of twinsOf(NAME)) {
        // Who has such a name cannot be named in a sign-in either.
        if (appName(login.names, name) === undefined) continue;
        const read = said(login, name);
        assert.ok(read === undefined || read === name, `${kind}: ${name} is read as ${read}`);
      }
    });
}
