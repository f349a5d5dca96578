import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import test from 'node:test';
import fc from 'fast-check';
import { type Entry, fieldsOf, isDetailKey } from '../../../src/tlog/entry.ts';
import { type Disclosed, disclose, leafData, leafDataOf, leafHashOf } from '../../../src/tlog/leaf.ts';
import { leafHash } from '../../../src/tlog/tree.ts';

const malformed = { name: 'LogFault', of: 'leaf' };
const ENTRY: Entry = {
  seq: 12,
  at: 1764460800000,
  kind: 'sign-in.second',
  outcome: 'ok',
  actor: 'a1',
  accountId: 'a1',
  sessionId: 's1',
  appId: null,
  source: '192.0.2.7',
  detail: '{"method":"totp","count":3,"first":true}',
  salt: '000102030405060708090a0b0c0d0e0f',
};

/** The text of docs/decisions/0051, step by step, with other functions than the product uses. */
function asWritten(entry: Entry): string {
  const detail = Object.entries(JSON.parse(entry.detail) as Record<string, unknown>);
  const fields: [string, unknown][] = [
    ['seq', entry.seq],
    ['at', entry.at],
    ['kind', entry.kind],
    ['outcome', entry.outcome],
    ['actor', entry.actor],
    ['account', entry.accountId],
    ['session', entry.sessionId],
    ['app', entry.appId],
    ['source', entry.source],
  ];
  const shown = [
    ...fields.filter(([, value]) => value !== null),
    ...detail.map(([key, value]) => [`detail.${key}`, value] as const),
  ];
  const lines = shown
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([name, value]) => {
      const salt = createHmac('sha256', Buffer.from(entry.salt, 'hex')).update(name).digest().subarray(0, 16);
      const digest = createHash('sha256').update(salt).update(JSON.stringify(value)).digest('base64');
      return `${name} ${digest}\n`;
    });
  return `sallyport entry v1\n${lines.join('')}`;
}

const keys = fc.stringMatching(/^[A-Za-z0-9._-]{1,57}$/).filter(isDetailKey);
const values = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 2000 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
);
const optional = fc.option(fc.string({ maxLength: 40 }));
const entries: fc.Arbitrary<Entry> = fc.record({
  seq: fc.nat(),
  at: fc.nat(),
  kind: fc.constantFrom('sign-in.begin', 'account.add'),
  outcome: fc.constantFrom('ok', 'refused', 'failed'),
  actor: fc.string({ maxLength: 40 }),
  accountId: optional,
  sessionId: optional,
  appId: optional,
  source: optional,
  detail: fc.dictionary(keys, values, { maxKeys: 12 }).map((detail) => JSON.stringify(detail)),
  salt: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((salt) => Buffer.from(salt).toString('hex')),
});

test('the data of a leaf is what the decision says', () => {
  assert.equal(leafDataOf(ENTRY), asWritten(ENTRY));
  fc.assert(
    fc.property(entries, (entry) => assert.equal(leafDataOf(entry), asWritten(entry))),
    { numRuns: 500 },
  );
  assert.deepEqual(leafHashOf(ENTRY), leafHash(asWritten(ENTRY)));
});

test('whatever is shown of an entry, its leaf is reckoned anew', () => {
  const property = fc.property(entries, fc.infiniteStream(fc.boolean()), (entry, choices) => {
    const shown = disclose(entry, () => choices.next().value === true);
    assert.equal(leafData(shown), leafDataOf(entry));
    for (const field of shown) if ('text' in field) JSON.parse(field.text);
  });
  fc.assert(property, { numRuns: 500 });
});

test('a field that is altered, left out, doubled or put elsewhere is another leaf, or none', () => {
  const property = fc.property(entries, fc.nat(), fc.integer({ min: 0, max: 4 }), (entry, at, how) => {
    const fields = disclose(entry, () => true);
    const place = at % fields.length;
    const field = fields[place];
    if (field === undefined || !('text' in field)) return;
    const others: readonly Disclosed[][] = [
      fields.with(place, { ...field, text: `${field.text} ` }),
      fields.with(place, { ...field, salt: Buffer.alloc(16).toString('base64') }),
      fields.toSpliced(place, 1),
      fields.toSpliced(place, 0, field),
      fields.length < 2 ? [] : fields.toReversed(),
    ];
    let data: string | undefined;
    try {
      data = leafData(others[how] ?? []);
    } catch (error) {
      assert.ok(error instanceof Error && error.name === 'LogFault');
    }
    assert.notEqual(data, leafDataOf(entry));
  });
  fc.assert(property, { numRuns: 2000 });
});

test('what is no field in its form is refused', () => {
  const hidden = { name: 'a', commitment: Buffer.alloc(32).toString('base64') };
  const shown = { name: 'a', salt: Buffer.alloc(16).toString('base64'), text: '1' };
  assert.doesNotThrow(() => leafData([hidden]));
  const others: readonly Disclosed[][] = [
    [{ ...hidden, name: '' }],
    [{ ...hidden, name: 'a b' }],
    [{ ...hidden, name: 'a\n' }],
    [{ ...hidden, name: 'é' }],
    [{ ...hidden, name: 'a'.repeat(65) }],
    [{ ...hidden, commitment: '' }],
    [{ ...hidden, commitment: `${hidden.commitment}\nb ${hidden.commitment}` }],
    [{ ...shown, salt: '' }],
    [{ ...shown, text: '\ud800' }],
    [{ ...shown, text: 'x'.repeat(1_048_577) }],
    [hidden, hidden],
    [{ ...hidden, name: 'b' }, hidden],
    Array.from({ length: 257 }, (_, i) => ({ ...hidden, name: `a${String(i).padStart(3, '0')}` })),
  ];
  for (const [i, fields] of others.entries()) assert.throws(() => leafData(fields), malformed, `${i}`);
});

test('every row has a leaf, and rows that differ in any byte have others', () => {
  const odd: readonly Partial<Entry>[] = [
    {},
    { detail: '' },
    { detail: '{' },
    { detail: 'null' },
    { detail: '[]' },
    { detail: '{"method":"totp","count":3,"first":true} ' },
    { detail: '{"method":"totp","count":3.0,"first":true}' },
    { detail: '{"method":"sms","method":"totp","count":3,"first":true}' },
    { detail: '{"method":"t\\u006ftp","count":3,"first":true}' },
    { detail: '{"method":"totp","count":3,"first":true,"x":null}' },
    { detail: '{"method":"totp","count":3,"first":true,"__proto__":1}' },
    { detail: '{"method":"totp","count":3,"first":true,"a b":1}' },
    { detail: '{"count":3,"method":"totp","first":true}' },
    { detail: '{"":1}' },
    { detail: JSON.stringify(Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, i]))) },
    { salt: '' },
    { salt: ENTRY.salt.toUpperCase() },
    { salt: `${ENTRY.salt}00` },
    { accountId: null },
    { accountId: '' },
    { appId: '' },
    { source: '192.0.2.8' },
  ];
  const leaves = odd.map((change) => leafDataOf({ ...ENTRY, ...change }));
  // The order of keys is no part of what an entry says, and is not of what a leaf commits to.
  const reordered = odd.findIndex(({ detail }) => detail?.startsWith('{"count"'));
  assert.equal(leaves[reordered], leaves[0]);
  assert.equal(new Set(leaves).size, odd.length - 1);
  for (const data of leaves) assert.match(data, /^sallyport entry v1\n(?:[A-Za-z0-9._-]{1,64} [A-Za-z0-9+/]{43}=\n)+$/);
});

test('an entry of the most fields and the longest texts takes time in proportion', () => {
  const detail = Object.fromEntries(Array.from({ length: 246 }, (_, i) => [`key${i}`, 'é'.repeat(4_000)]));
  const entry = { ...ENTRY, detail: JSON.stringify(detail) };
  assert.equal(fieldsOf(entry).length, 254);
  assert.equal(leafData(disclose(entry, (name) => name !== 'detail.key7')), leafDataOf(entry));
});
