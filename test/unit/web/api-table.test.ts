import assert from 'node:assert/strict';
import test from 'node:test';
import { evidencePack } from '../../../src/manage/evidence.ts';
import { ACTS, QUERIES } from '../../../src/manage/operations.ts';
import { openApiDocument } from '../../../src/web/console/api/openapi.ts';
import { fieldsOf, requiredOf } from '../../../src/web/console/api/schema.ts';
import { API, placeOf } from '../../../src/web/console/api/table.ts';

const SERVED = [...ACTS, ...QUERIES, evidencePack].filter(({ http }) => http !== null);

test('every act and list that says how it is asked for over HTTP is served, and nothing else', () => {
  const served = API.map(({ name, method, path }) => `${name}: ${method} ${path}`).sort();
  assert.deepEqual(served, SERVED.map(({ name, http }) => `${name}: ${http}`).sort());
});

test('no two operations are called alike in the document', () => {
  const ids = API.map(({ id }) => id);
  assert.deepEqual(ids, [...new Set(ids)]);
});

test('each method and path is one operation, whatever its names are called', () => {
  const shapes = API.map(({ method, path }) => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`);
  assert.deepEqual(shapes, [...new Set(shapes)]);
});

for (const operation of API) {
  const { name, id, path, method, names, input, fields } = operation;

  test(`${id}: what its path names is of its input, and is text that must be there`, () => {
    assert.match(path, /^(?:\/(?:[a-z]+(?:-[a-z]+)*|\{[A-Za-z]+\}))+$/);
    assert.equal(new Set(names).size, names.length);
    for (const each of names) {
      assert.equal(fieldsOf(input).get(each)?.['type'], 'string', each);
      assert.ok(requiredOf(input).includes(each), each);
      assert.ok(!fields.has(each), each);
    }
  });

  test(`${id}: whatever its address must hold can be said in one`, () => {
    if (method !== 'GET' && method !== 'DELETE') return;
    const unsaid = [...fields].filter(([, kind]) => kind === 'object').map(([field]) => field);
    assert.deepEqual(unsaid, []);
  });

  test(`${id}: its address is found again, and the document has it`, () => {
    const segments = path
      .slice(1)
      .split('/')
      .map((segment) => segment.replace(/^\{(\w+)\}$/, 'of-$1'));
    const found = placeOf(segments)?.at.get(method);
    assert.equal(found?.operation.name, name);
    assert.deepEqual(found?.names, Object.fromEntries(names.map((each) => [each, `of-${each}`])));
    const paths = openApiDocument()['paths'] as Record<string, Record<string, { operationId: string }>>;
    assert.equal(paths[path]?.[method.toLowerCase()]?.operationId, id);
  });
}

test('what is spelt out goes before a name, and what is longer or shorter is nowhere', () => {
  assert.equal(placeOf(['accounts', 'import'])?.at.get('POST')?.operation.name, 'account.import');
  assert.equal(placeOf(['accounts', 'somebody'])?.at.get('GET')?.operation.name, 'account.show');
  for (const segments of [[], [''], ['accounts', 'a', 'b', 'c'], ['Accounts'], ['accounts', '']])
    assert.equal(placeOf(segments)?.at.get('GET')?.operation.list ?? false, false, segments.join('/'));
});
