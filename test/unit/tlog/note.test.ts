import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import test from 'node:test';
import fc from 'fast-check';
import { formatCheckpoint, openCheckpoint, parseCheckpoint, signCheckpoint } from '../../../src/tlog/checkpoint.ts';
import { checkCosignature, cosign, verifyCosignature } from '../../../src/tlog/cosignature.ts';
import {
  COSIGNATURE,
  ED25519,
  formatVerifierKey,
  isKeyName,
  parseVerifierKey,
  privateKeyOf,
  signer,
} from '../../../src/tlog/key.ts';
import { parseNote, parseSignatureLine, signNote, verifyNote } from '../../../src/tlog/note.ts';
import { leafHash } from '../../../src/tlog/tree.ts';
import { COSIGNED, GO_NOTE, POEM } from './vectors.ts';

const malformed = { name: 'LogFault', why: 'form' };
const unsigned = { name: 'LogFault', why: 'signature' };
const KEY = parseVerifierKey(GO_NOTE.verifierKey);
const NOTE = `${GO_NOTE.text}\n${GO_NOTE.signature}`;
const seed = (n: number) => privateKeyOf(Buffer.alloc(32, n));
const PETER = signer('PeterNeumann', ED25519, privateKeyOf(Buffer.from(GO_NOTE.privateKey, 'base64').subarray(1)));

test('the note of the reference is read, verified and made, byte for byte', () => {
  const note = parseNote(NOTE);
  assert.equal(note.text, GO_NOTE.text);
  assert.deepEqual(verifyNote(note, [KEY]), [KEY]);
  assert.equal(signNote(GO_NOTE.text, PETER), NOTE);
  assert.equal(formatVerifierKey(PETER), GO_NOTE.verifierKey);
});

test('what the reference calls no verifier key is none', () => {
  const others = [
    'PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==',
    'PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
    GO_NOTE.verifierKey.replace('c74f20a3', 'C74F20A3'),
    `${'x'.repeat(1_000_000)}+c74f20a3+AR`,
  ];
  for (const text of others) assert.throws(() => parseVerifierKey(text), malformed);
  const text = GO_NOTE.verifierKey;
  for (let from = 0; from <= text.length; from += 1) {
    assert.throws(() => parseVerifierKey(text.slice(from + 1)), malformed);
    assert.throws(() => parseVerifierKey(text.slice(0, from === text.length ? 0 : from)), malformed);
    const next = String.fromCharCode(text.charCodeAt(from) + 1);
    if (from < text.length)
      assert.throws(() => parseVerifierKey(text.slice(0, from) + next + text.slice(from + 1)), malformed);
  }
});

test('what the reference calls no note is none', () => {
  const { text, signature } = GO_NOTE;
  const others = [
    text,
    `${text}\n`,
    `${text}\n${signature.trimEnd()}`,
    `\u0001${text}\n${signature}`,
    Buffer.concat([Buffer.of(0xff), Buffer.from(NOTE)]),
    `\ud800${NOTE}`,
    `${text}\n${signature.replace('PeterNeumann', 'Bad Name')}`,
    `${text}\n${signature.replace('PeterNeumann', 'Peter+Neumann')}`,
    `${text}\n${signature.replace('PeterNeumann', 'Peter\u00a0Neumann')}`,
    `${text}\n${signature}Unexpected line.\n`,
    `${text}\n${signature.replace('—', '-')}`,
    `${text}\n${signature.replace('=', '')}`,
    `${text}\n— PeterNeumann x08gow==\n`,
    `${text}\n${signature.repeat(101)}`,
    `${'x'.repeat(131_072)}\n\n${signature}`,
    '',
    '\n',
  ];
  for (const [i, note] of others.entries()) assert.throws(() => parseNote(note), malformed, `${i}`);
  assert.equal(parseNote(`${text}\n${signature.repeat(100)}`).signatures.length, 100);
});

test('keys that are unknown are ignored; one that is known and false spoils the note', () => {
  const other = signer('other.example/k', ED25519, seed(1));
  const line = signNote(GO_NOTE.text, other).slice(GO_NOTE.text.length + 1);
  assert.deepEqual(verifyNote(parseNote(NOTE + line), [KEY]), [KEY]);
  assert.deepEqual(verifyNote(parseNote(NOTE + line), [KEY, other]), [KEY, other]);
  assert.throws(() => verifyNote(parseNote(NOTE), [other]), unsigned);
  // The name of another, or its id, is not its key.
  assert.throws(() => verifyNote(parseNote(NOTE), [{ ...KEY, id: '00000000' }]), unsigned);
  assert.throws(() => verifyNote(parseNote(NOTE), [{ ...KEY, name: 'Peter' }]), unsigned);
  const corrupted = GO_NOTE.signature.replace('RyyBwJnAM=', 'RyyBwJnBM=');
  assert.throws(() => verifyNote(parseNote(`${GO_NOTE.text}\n${corrupted}${GO_NOTE.signature}`), [KEY]), unsigned);
  assert.throws(() => verifyNote(parseNote(NOTE + corrupted), [KEY]), unsigned);
  assert.throws(() => verifyNote(parseNote(NOTE.replace('answer', 'Answer')), [KEY]), unsigned);
});

test('a text may have empty lines: the last one ends it', () => {
  const note = parseNote(POEM);
  assert.ok(note.text.endsWith('\n\ned è subito sera.\n'));
  assert.equal(note.signatures[0]?.name, 'quasimodo.example/salvatore');
  assert.equal(note.signatures[0]?.signature.length, 64);
  assert.deepEqual(parseNote(Buffer.from(POEM)), note);
});

test('whatever is signed is read again, and no other byte of it is the same note', () => {
  const texts = fc.string({ unit: 'grapheme', maxLength: 60 }).filter((text) => !/[\u0000-\u001f]/.test(text));
  const property = fc.property(texts, fc.nat(), fc.integer({ min: 1, max: 255 }), (text, at, change) => {
    const note = signNote(`${text}\n`, PETER);
    assert.deepEqual(verifyNote(parseNote(note), [KEY]), [KEY]);
    const bytes = Buffer.from(note);
    bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ change;
    assert.throws(() => verifyNote(parseNote(bytes), [KEY]), { name: 'LogFault' });
  });
  fc.assert(property, { numRuns: 3000 });
});

test('names of keys have no spaces and no plus sign', () => {
  for (const name of ['', ' ', 'a b', 'a\u2003b', 'a\u0085', 'a+b', 'a\n', 'x'.repeat(256), '\ud800'])
    assert.equal(isKeyName(name), false, JSON.stringify(name));
  for (const name of ['a', 'sallyport.record/0123', 'é☃']) assert.equal(isKeyName(name), true);
});

const HEAD = { origin: 'PeterNeumann', size: 7, root: leafHash('x') };

test('a checkpoint is three lines, and is read as it was written', () => {
  const text = formatCheckpoint(HEAD);
  assert.equal(text, `PeterNeumann\n7\n${HEAD.root.toString('base64')}\n`);
  assert.deepEqual(parseCheckpoint(text), HEAD);
  assert.deepEqual(parseCheckpoint(`${text}extension\n`), HEAD);
  const root = HEAD.root.toString('base64');
  const others = [
    '',
    'a\n7\n',
    text.slice(0, -1),
    `${text}\n`,
    `${text}extension`,
    `\n7\n${root}\n`,
    `a\n07\n${root}\n`,
    `a\n-1\n${root}\n`,
    `a\n9007199254740992\n${root}\n`,
    `a\n1e3\n${root}\n`,
    `a\n7\n${root.slice(4)}\n`,
    `a\n7\n${root.replace('=', '')}\n`,
    `a\n7 \n${root}\n`,
    `a\r\n7\n ${root}\n`,
  ];
  for (const other of others) assert.throws(() => parseCheckpoint(other), malformed, JSON.stringify(other));
  for (const head of [
    { ...HEAD, size: -1 },
    { ...HEAD, origin: 'a\nb' },
    { ...HEAD, root: Buffer.alloc(31) },
  ])
    assert.throws(() => formatCheckpoint(head), malformed);
});

test('a checkpoint is opened with the key of its log alone', () => {
  const note = signCheckpoint(HEAD, PETER);
  assert.equal(openCheckpoint(note, KEY).size, 7);
  assert.throws(() => openCheckpoint(note.replace('\n7\n', '\n8\n'), KEY), unsigned);
  assert.throws(() => openCheckpoint(note, signer('PeterNeumann', ED25519, seed(2))), unsigned);
  assert.throws(() => signCheckpoint({ ...HEAD, origin: 'other' }, PETER), malformed);
  const foreign = signNote(formatCheckpoint({ ...HEAD, origin: 'other' }), PETER);
  assert.throws(() => openCheckpoint(foreign, KEY), unsigned);
});

test('the example of a cosigned checkpoint is read, with the time that it was seen', () => {
  const note = parseNote(COSIGNED);
  assert.deepEqual(parseCheckpoint(note.text).size, 20852163);
  assert.equal(note.signatures[1]?.name, 'witness.example.com/w1');
  assert.equal(note.signatures[1]?.signature.length, 72);
  assert.equal(note.signatures[1]?.signature.readBigUInt64BE(), 1679315147n);
});

test('a cosignature is over the time and the whole checkpoint, under a key of its own type', () => {
  const witness = signer('witness.example/w1', COSIGNATURE, seed(3));
  const text = formatCheckpoint(HEAD);
  const line = cosign(text, 1679315147, witness);
  const parsed = parseSignatureLine(line.slice(0, -1));
  const key = parseVerifierKey(formatVerifierKey(witness));
  assert.equal(verifyCosignature(text, parsed, key), 1679315147);
  const note = parseNote(signCheckpoint(HEAD, PETER) + line);
  assert.deepEqual(verifyNote(note, [key], checkCosignature), [key]);
  assert.deepEqual(verifyNote(note, [KEY]), [KEY]);
  assert.notEqual(key.id, signer('witness.example/w1', ED25519, seed(3)).id);
  assert.throws(() => verifyCosignature(text.replace('7', '8'), parsed, key), unsigned);
  assert.throws(() => verifyCosignature(text, { ...parsed, id: '00000000' }, key), unsigned);
  for (let at = 0; at < parsed.signature.length; at += 1) {
    const signature = Buffer.from(parsed.signature);
    signature[at] = (signature[at] ?? 0) ^ 0x80;
    assert.throws(() => verifyCosignature(text, { ...parsed, signature }, key), unsigned, `${at}`);
  }
  assert.throws(() => cosign('no checkpoint\n', 1, witness), malformed);
  assert.throws(() => cosign(text, 1, PETER), malformed);
  assert.throws(() => cosign(text, -1, witness), malformed);
  assert.throws(() => signNote(text, witness), malformed);
});

test('only Ed25519 keys sign', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  assert.throws(() => signer('a', ED25519, privateKey), malformed);
  assert.throws(() => privateKeyOf(Buffer.alloc(31)), malformed);
});
