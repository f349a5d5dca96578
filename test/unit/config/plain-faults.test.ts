import assert from 'node:assert/strict';
import test from 'node:test';
import { checkConfigText } from '../../../src/config/load.ts';
import { schema } from '../../../src/config/schema.ts';
import { parseSource } from '../../../src/config/source.ts';

const BASE = `listen: 127.0.0.1:8080
realms: { staff: { source: local }, guests: { source: local } }
apps:
  portal:
    hosts: [app.test]
    upstream: http://127.0.0.1:9000
    realm: staff
`;
const faults = (text: string) => checkConfigText(text, 0).faults;

test('a missing key says Required and the choices, and nothing of the library', () => {
  assert.deepEqual(faults(BASE.replace('    realm: staff\n', '')), [
    { path: 'apps.portal.realm', line: 4, message: 'Required. Name the realm of its people: staff, guests.' },
  ]);
  assert.match(
    faults(BASE.replace('{ source: local }, guests', '{ }, guests'))[0]?.message ?? '',
    /^Required\. .*local, app/,
  );
});

test('a misspelt key is one fault, with what was meant, though it was required', () => {
  for (const [right, wrong] of [
    ['upstream', 'upstraem'],
    ['realm', 'raelm'],
    ['hosts', 'host'],
    ['hosts', 'Hosts'],
    ['realm', 'realms'],
  ]) {
    const found = faults(BASE.replace(`    ${right}:`, `    ${wrong}:`));
    assert.deepEqual(
      found.map(({ path, message }) => [path, message]),
      [[`apps.portal.${wrong}`, `There is no such option here. Did you mean ${right}?`]],
    );
  }
});

test('an address of another scheme says http or https', () => {
  for (const scheme of ['tcp', 'unix', 'fastcgi', 'h2c', 'ws']) {
    const [fault, ...others] = faults(BASE.replace('http://127', `${scheme}://127`));
    assert.deepEqual([fault?.path, others.length], ['apps.portal.upstream', 0]);
    assert.match(fault?.message ?? '', new RegExp(`http:// or https://.*${scheme}://`));
  }
});

/** Every path of the example that is in force, and what may stand there wrongly. */
const WRONG: readonly unknown[] = [
  null,
  7,
  -1,
  1.5,
  true,
  '',
  'x'.repeat(5000),
  [],
  [null],
  {},
  { nope: 1 },
  [[]],
  { a: { b: {} } },
];
const JARGON =
  /Invalid|received|undefined|expected (?:string|number|boolean|array|object|record|union)|NaN|zod|\bkey\(s\)/i;

function paths(value: unknown, at: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [at];
  const steps = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return [at, ...steps.flatMap((step) => paths(Reflect.get(value, step), [...at, step]))];
}

function replaced(value: unknown, path: readonly (string | number)[], other: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return other;
  const copy = Array.isArray(value) ? [...value] : { ...Object(value) };
  Reflect.set(copy, step, replaced(Reflect.get(Object(value), step), rest, other));
  return copy;
}

const WHOLE = `${BASE}    origin: http://app.test
    rules: [{ path: /admin/**, require: passkey, max_age: 15m, groups: [ops] }]
    exemptions: [{ method: GET, path: /healthz, reason: probe, owner: ops, expires: 2099-01-31 }]
    sessions: { idle: 30m, absolute: 8h }
    headers: { X-User: "{account}" }
data: var
log: { level: info }
limits: { connections: 100 }
keys: { rotate: 30d }
trusted_proxies: [10.0.0.1]
pages: { name: Corp }
`;

test('whatever stands wrongly anywhere is told in sentences of our own, with path and line, and bounded', () => {
  const { source } = parseSource(WHOLE);
  assert.ok(source !== undefined);
  assert.equal(schema.safeParse(source.value).success, true, JSON.stringify(faults(WHOLE)));
  let told = 0;
  for (const path of paths(source.value)) {
    for (const wrong of WRONG) {
      const found = faults(JSON.stringify(replaced(source.value, path, wrong)));
      for (const { line, message } of found) {
        const where = `${path.join('.')} = ${JSON.stringify(wrong).slice(0, 60)}: ${message.slice(0, 300)}`;
        assert.ok(line >= 1, where);
        assert.match(message, /^\S.*[.?:!)]|chmod/s, where);
        assert.doesNotMatch(message, JARGON, where);
        assert.ok(message.length < 1000, where);
        told += 1;
      }
    }
  }
  assert.ok(told > 200, String(told));
});
