import assert from 'node:assert/strict';
import test from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { crc32 } from '../../../src/pack/verify/crc32.ts';
import {
  centralHeader,
  DEFLATED,
  descriptor,
  endOfDirectory,
  localHeader,
  type Packed,
  STORED,
} from '../../../src/pack/verify/layout.ts';
import { unpack } from '../../../src/pack/verify/unpack.ts';
import { verify } from '../../../src/pack/verify/verify.ts';
import { readZip } from '../../../src/pack/verify/zip.ts';

const asked = { key: null, checkpoint: null };

interface File {
  readonly name: string;
  readonly content: Buffer;
  /** What its headers say instead. */
  readonly says?: Partial<Packed>;
}

/** A ZIP of our form, whose headers may lie. */
function zipOf(files: readonly File[], told: Partial<{ files: number; bytes: number; offset: number }> = {}): Buffer {
  const pieces: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const { name, content, says = {} } of files) {
    const size = content.length;
    const file: Packed = { name, method: STORED, crc: crc32(content), size, packedSize: size, offset: at, ...says };
    const own = [localHeader(file), content, descriptor(file)];
    pieces.push(...own);
    directory.push(centralHeader(file));
    at += own.reduce((sum, { length }) => sum + length, 0);
  }
  const bytes = directory.reduce((sum, { length }) => sum + length, 0);
  const end = { files: files.length, bytes, offset: at, ...told };
  return Buffer.concat([...pieces, ...directory, endOfDirectory(end.files, end.bytes, end.offset)]);
}

const one = { name: 'README.txt', content: Buffer.from('hello') };

const HOSTILE: Readonly<Record<string, Buffer>> = {
  'an empty file': Buffer.alloc(0),
  'a file that is none': Buffer.alloc(100_000, 0x50),
  'a name that stands twice': zipOf([one, one]),
  'a name with a way out': zipOf([{ ...one, name: '../README.txt' }]),
  'a name from the root': zipOf([{ ...one, name: '/etc/passwd' }]),
  'a name with a backslash': zipOf([{ ...one, name: 'tables\\a.csv' }]),
  'a folder of another name': zipOf([{ ...one, name: 'elsewhere/a.csv' }]),
  'a name that is long': zipOf([{ ...one, name: 'a'.repeat(200) }]),
  'a count that is none': zipOf([one], { files: 65_535 }),
  'a directory that begins elsewhere': zipOf([one], { offset: 3 }),
  'two files at one place': zipOf([one, { ...one, name: 'report.html', says: { offset: 0 } }]),
  'a size beyond the file': zipOf([{ ...one, says: { size: 4_000_000_000, packedSize: 4_000_000_000 } }]),
  'a method that nobody has': zipOf([{ ...one, says: { method: 12 as never } }]),
  'bytes before the first file': Buffer.concat([Buffer.from('#!'), zipOf([one])]),
  'bytes behind the last': Buffer.concat([zipOf([one]), Buffer.from('!')]),
};

for (const [what, zip] of Object.entries(HOSTILE))
  test(`${what} is refused by the form of the ZIP`, async () => {
    const { verdict, checks } = await verify({ pack: zip, ...asked });
    assert.equal(verdict, 'failed');
    assert.equal(checks[0]?.ok, false);
    assert.notEqual(checks[0]?.where, null);
    assert.deepEqual([...new Set(checks.slice(1).map(({ ok }) => ok))], [null]);
  });

test('flags of encryption, comments and extra fields are refused', () => {
  const zip = zipOf([one]);
  const central = zip.indexOf(Buffer.from('PK\x01\x02', 'latin1'));
  for (const at of [6, central + 8, central + 30, central + 32, central + 38, zip.length - 2]) {
    const bad = Buffer.from(zip);
    bad[at] = 1;
    assert.throws(() => readZip(bad), `byte ${at}`);
  }
});

test('what unpacks to more than it says is left after so much', async () => {
  const content = deflateRawSync(Buffer.alloc(200_000_000));
  const says = { method: DEFLATED, packedSize: content.length, size: 1000, crc: 0 } as const;
  const [bomb] = readZip(zipOf([{ name: 'report.html', content, says }]));
  assert.ok(bomb);
  let unpacked = 0;
  await assert.rejects(async () => {
    for await (const piece of unpack(bomb)) unpacked += piece.length;
  });
  assert.ok(unpacked <= 1000);
});

test('what says that it unpacks to more than any pack is refused before anything is unpacked', () => {
  const content = deflateRawSync(Buffer.alloc(1000));
  const says = { method: DEFLATED, packedSize: content.length, size: 3_000_000_000, crc: 0 } as const;
  const files = ['report.html', 'report.pdf'].map((name) => ({ name, content, says }));
  assert.throws(() => readZip(zipOf(files)), /larger/);
});

test('a ZIP of as many files as there may be is read in linear time', () => {
  const files = (count: number) =>
    zipOf(Array.from({ length: count }, (_, i) => ({ ...one, name: `tables/t${i}.csv` })));
  assert.equal(readZip(files(4096)).length, 4096);
  assert.throws(() => readZip(files(4097)));
});
