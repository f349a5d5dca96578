import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { checkConfigText } from '../../../src/config/load.ts';
import { compilePreset } from '../../../src/config/preset/compile.ts';
import { type PresetFile, parsePreset } from '../../../src/config/preset/load.ts';
import { resolveConfig } from '../../../src/config/resolve.ts';
import { schema, type Written } from '../../../src/config/schema.ts';
import { located } from '../../../src/config/source.ts';
import type { ConfigFault } from '../../../src/config/types.ts';
import { formsOf, type Place, placesOf, type Schema } from './every-key/keys.ts';
import { linesOf, put, textOf } from './every-key/lines.ts';
import {
  deletions,
  doubles,
  type Mistake,
  misspellings,
  oddValues,
  SECRET,
  tabs,
  wrongTypes,
} from './every-key/mutations.ts';
import { CONFIGS, PRESETS, type Value } from './every-key/whole.ts';
import { CHOICE, ORIGIN } from './presets.ts';

const NOW = Date.UTC(2026, 10, 28);

/** A kind of file: what whole ones hold, what there is to know of it, and who reads it. */
interface Kind {
  readonly name: string;
  readonly wholes: readonly Value[];
  readonly schema: Schema;
  faults(text: string): readonly ConfigFault[];
  /** Options that another needs: what is told where one of them is taken away. */
  readonly needed: Readonly<Record<string, string>>;
}

/** A preset as it is read for an app that says nothing of it. */
function presetFaults(written: string): readonly ConfigFault[] {
  const loaded = parsePreset('portal.yml', written);
  if ('faults' in loaded) return loaded.faults;
  const { faults, choiceFaults } = compilePreset(loaded.preset, CHOICE, ORIGIN);
  return located(loaded, [...faults, ...choiceFaults]);
}

const schemaIn = (file: string) =>
  JSON.parse(readFileSync(new URL(`../../../config/${file}`, import.meta.url), 'utf8')) as Schema;

const KINDS: readonly Kind[] = [
  {
    name: 'configuration',
    wholes: CONFIGS,
    schema: schemaIn('schema.json'),
    faults: (text) => {
      const { faults, findings } = checkConfigText(text, NOW);
      return [...faults, ...findings];
    },
    needed: {
      '.store': 'store_password_file: A password is for postgres:// only.',
      '.realms.*.passkeys': 'apps.portal.rules[0].require: Nobody could pass',
      '.realms.*.passkeys.id': 'realms.staff.passkeys.related: Origins share',
      '.realms.*.passkeys.related': 'apps.portal.hosts[2]: Passkeys of the realm',
      '.realms.*.passkeys.models': 'realms.staff.passkeys.roots: Roots are for models.',
      '.realms.*.passkeys.roots': 'realms.staff.passkeys.models: Without roots',
      '.apps.*.login.preset': 'apps.wiki.login: Name a preset, or declare',
      '.console': 'record.witness_for: Heads are cosigned at the address of the console',
      '.console.origin': 'console.origin: Required. Write the address',
      '.mail': 'record.checkpoints.mail: There is no mail server.',
      '.apps.*.roster.url': 'apps.wiki.roster.ca: Of no use with the source of this list',
      '.apps.*.roster.ldap': 'apps.desk.roster.user: Of no use with the source of this list',
      '.apps.*.roster.user': 'apps.desk.roster.password_file: This is the password of nobody',
      '.apps.*.roster.password_file': 'apps.desk.roster.user: The user has no password',
      '.apps.*.roster.dormant_after': 'apps.desk.roster.disable_dormant: Nothing is dormant',
      '.pages.accent': 'pages.accent_dark: Pages are light or dark',
      '.pages.accent_dark': 'pages.accent: Pages are light or dark',
    },
  },
  {
    name: 'preset',
    wholes: PRESETS,
    schema: schemaIn('presets/schema.json'),
    faults: presetFaults,
    needed: {
      '.whoami': 'whoami: Required: how the app is asked',
      '.assurance': 'whoami: Required: how the app is asked',
      ...Object.fromEntries(
        ['get', 'post', 'from', 'find', 'location', 'json', 'cookie'].map((key) => [
          `.whoami.${key}`,
          'whoami: Say in exactly one way',
        ]),
      ),
      '.session.vault[].json': 'session.vault[0]: Say in exactly one way',
      '.session.vault[].xml': 'session.vault[1]: Say in exactly one way',
    },
  },
];

const JARGON =
  /Invalid|received|undefined|expected (?:string|number|boolean|array|object|record|union)|NaN|zod|\bkey\(s\)/i;

/** What every fault is, whatever it is about. */
function assertTold(fault: ConfigFault, text: string, what: string): void {
  const where = `${what}: ${JSON.stringify(fault)}`;
  assert.ok(fault.line >= 1 && fault.line <= text.split('\n').length, where);
  assert.match(fault.message, /^\S.*(?:[.?)}]|chmod \S+ \S+)$/s, where);
  assert.doesNotMatch(fault.message, JARGON, where);
  assert.ok(fault.message.length < 1000 && fault.path.length < 400, where);
  assert.ok((fault.message.match(/did you mean/gi) ?? []).length <= 1, where);
  assert.ok(!fault.message.includes(SECRET), where);
}

/** Judges every mistake of a kind, and tells all that are told wrongly at once. */
function judge({ faults, needed }: Kind, mistakes: Iterable<Mistake>): number {
  const wrong: string[] = [];
  let count = 0;
  for (const { what, form, text, fault } of mistakes) {
    count += 1;
    const found = faults(text);
    for (const each of found) assertTold(each, text, what);
    const [first] = found;
    const companion = fault === undefined ? needed[form] : undefined;
    const asExpected =
      fault === undefined
        ? companion === undefined
          ? found.length === 0
          : found.length === 1 && `${first?.path}: ${first?.message}`.startsWith(companion)
        : found.length === 1 &&
          (fault.path === '' || first?.path === fault.path) &&
          first?.line === fault.line &&
          fault.says.test(first.message);
    if (!asExpected)
      wrong.push(
        `${what}\n    expected ${JSON.stringify({ ...fault, says: String(fault?.says) })}\n    got ${found.map((each) => JSON.stringify(each)).join('\n        ')}`,
      );
  }
  assert.equal(
    wrong.length,
    0,
    `${wrong.length} of ${count}:\n${wrong.slice(0, Number(process.env['SHOW'] ?? 12)).join('\n')}`,
  );
  return count;
}

const text = (value: Value) => textOf(linesOf(value));

for (const kind of KINDS) {
  const { name, wholes, schema: of, faults } = kind;
  const seen = new Set<string>();
  /** Every file with those of its places whose like is nowhere before: alone or in a list, a description is the same. */
  const places = wholes.map((value) => ({
    value,
    places: placesOf(value, of).filter(({ path, schema: at, option }) => {
      const like = JSON.stringify([path.at(-1), typeof path.at(-2), at, option]);
      return !seen.has(like) && seen.add(like) !== undefined;
    }),
  }));
  const each = (make: (value: Value, places: readonly Place[]) => Iterable<Mistake>) =>
    judge(
      kind,
      places.flatMap((whole) => [...make(whole.value, whole.places)]),
    );

  test(`${name}: the whole files are without fault, and every option stands in one of them`, () => {
    for (const value of wholes) assert.deepEqual(faults(text(value)), []);
    const there = new Set(wholes.flatMap((value) => placesOf(value, of).map(({ form }) => form)));
    // Never right, and refused with a sentence of its own.
    const missing = formsOf(of).filter((form) => !there.has(form) && form !== '.lost[].probe');
    assert.deepEqual(missing, []);
  });

  test(`${name}: an option that is taken away is required, or it has its default`, () => {
    assert.ok(each(deletions) > 50);
  });

  test(`${name}: an option that is misspelt is told once, with what was meant`, () => {
    assert.ok(each(misspellings) > 200);
  });

  test(`${name}: a value of another type is told once, and nothing that follows from it`, () => {
    assert.ok(each(wrongTypes) > 200);
  });

  test(`${name}: a key that stands there twice is told at the second`, () => {
    assert.ok(each(doubles) > 40);
  });

  test(`${name}: a tab that indents is told in its line, and nothing that follows from it`, () => {
    assert.ok(each(tabs) > 40);
  });

  test(`${name}: whatever stands wrongly anywhere is told in sentences of our own`, () => {
    for (const whole of places)
      for (const { what, text: odd } of oddValues(whole.value, whole.places))
        for (const fault of faults(odd)) assertTold(fault, odd, what);
  });

  test(`${name}: a byte order mark and line ends of Windows change nothing`, () => {
    for (const value of wholes) assert.deepEqual(faults(`\uFEFF${text(value).replaceAll('\n', '\r\n')}`), []);
  });
}

test('configuration: what is left out is what the documentation says it is', () => {
  const said: string[] = [];
  for (const whole of CONFIGS) {
    for (const { path, form, schema: of, option } of placesOf(whole, schemaIn('schema.json'))) {
      if (option === undefined || option.required || of.default === undefined) continue;
      // Below the top they come from the level above, as the block says.
      if (/^\.(?:realms|apps)\.\*\.sessions\./.test(form)) continue;
      const without = put(whole, path, undefined);
      const spelt = put(whole, path, of.default);
      // A default in words, such as "as the preset says", is none that can be written.
      if (!schema.safeParse(spelt).success) continue;
      assert.deepEqual(read(without), read(spelt), form);
      said.push(form);
    }
  }
  assert.ok(new Set(said).size > 40, String(said.length));
});

/** As it is in force, once every default is filled in. */
function read(value: Value) {
  const parsed = schema.parse(value);
  const config = resolveConfig(parsed, 'x.yml', {}, { logo: null, roots: new Map(), logins: new Map(ids(parsed)) });
  return JSON.stringify(config, (_, inner: unknown) => (inner instanceof Map ? [...inner] : inner), 1);
}

/** Apps of which only the rest is looked at here. */
function* ids({ apps }: Written) {
  const { preset } = parsePreset('x.yml', textOf(linesOf(PRESETS[0]))) as PresetFile; // it is whole: a test above
  const { login } = compilePreset(preset, CHOICE, ORIGIN);
  for (const id of Object.keys(apps)) yield [id, login] as const;
}
