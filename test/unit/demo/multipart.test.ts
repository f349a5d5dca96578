import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import test from 'node:test';
import { firstFile } from '../../../src/demo/multipart.ts';

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function form(content: Buffer, before = ''): Buffer {
  return Buffer.concat([
    Buffer.from(
      `${before}--XX\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n`,
    ),
    content,
    Buffer.from('\r\n--XX--\r\n'),
  ]);
}

async function read(body: Buffer, size: number, type = 'multipart/form-data; boundary=XX') {
  const parts: Buffer[] = [];
  const name = await firstFile(Readable.from(pieces(body, size)), type, (bytes) => parts.push(Buffer.from(bytes)));
  return { name, content: Buffer.concat(parts) };
}

const TRICKY = Buffer.from('one\r\n--X\r\n-\r\n--\r\ntwo\r\n\0\r\n');

for (const size of [1, 2, 3, 7, 64, 4096]) {
  test(`a file is read byte for byte in pieces of ${size}`, async () => {
    assert.deepEqual(await read(form(TRICKY), size), { name: 'a.txt', content: TRICKY });
  });
}

test('an empty file is a file', async () => {
  assert.deepEqual(await read(form(Buffer.alloc(0)), 5), { name: 'a.txt', content: Buffer.alloc(0) });
});

test('other fields before the file are skipped', async () => {
  const before = '--XX\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n';
  assert.deepEqual(await read(form(TRICKY, before), 9), { name: 'a.txt', content: TRICKY });
});

test('a body that ends before its boundary is refused', async () => {
  await assert.rejects(read(form(TRICKY).subarray(0, -8), 16), { code: 'bad-body' });
});

test('a form without a file is refused, at its end or after 8 KiB', async () => {
  const field = '--XX\r\nContent-Disposition: form-data; name="note"\r\n\r\n';
  await assert.rejects(read(Buffer.from(`${field}x\r\n--XX--\r\n`), 16), { code: 'bad-body' });
  await assert.rejects(read(Buffer.from(field + 'x'.repeat(20_000)), 1000), { code: 'bad-body' });
});

test('the boundary is taken from the content type, quoted or bare; a form without one is refused', async () => {
  for (const type of ['multipart/form-data; boundary="XX"', 'multipart/form-data; charset=utf-8; boundary=XX'])
    assert.equal((await read(form(TRICKY), 7, type)).name, 'a.txt');
  for (const type of ['multipart/form-data', 'text/plain', ''])
    await assert.rejects(read(form(TRICKY), 7, type), { code: 'bad-body' });
});

test('of two files the first is taken, and of its name the last part', async () => {
  const other = form(Buffer.from('second')).toString('latin1');
  const first = form(TRICKY).toString('latin1').replace('a.txt', 'C:\\\\notes\\\\a.txt').replace('--XX--\r\n', '');
  assert.deepEqual(await read(Buffer.from(first + other, 'latin1'), 11), { name: 'a.txt', content: TRICKY });
});

test('a head without end is refused', async () => {
  await assert.rejects(read(Buffer.from(`--XX\r\n${'A: b\r\n'.repeat(20_000)}`), 4096), { code: 'bad-body' });
});
