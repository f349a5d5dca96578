import assert from 'node:assert/strict';
import test from 'node:test';
import { boundaryOf, firstFile } from '../../../src/demo/multipart.ts';

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

async function read(body: Buffer, size: number): Promise<{ name: string; content: Buffer }> {
  const parts: Buffer[] = [];
  const name = await firstFile(pieces(body, size), 'XX', (bytes) => parts.push(Buffer.from(bytes)));
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

test('the boundary is taken from the content type, quoted or bare', () => {
  assert.equal(boundaryOf('multipart/form-data; boundary=----abc'), '----abc');
  assert.equal(boundaryOf('multipart/form-data; charset=utf-8; boundary="a b"'), 'a b');
  assert.equal(boundaryOf('multipart/form-data'), undefined);
});
