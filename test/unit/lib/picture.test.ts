import assert from 'node:assert/strict';
import test from 'node:test';
import { crc32, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { decode, encode } from 'fast-png';
import { MOST_PICTURE_BYTES, readPicture } from '../../../src/lib/picture/picture.ts';
import type { Picture } from '../../../src/lib/picture/types.ts';
import { JPEG, WEBP_LOSSLESS, WEBP_LOSSY } from './pictures.ts';

function read(bytes: Buffer): Picture {
  const picture = readPicture(bytes);
  assert.ok(typeof picture !== 'string', String(picture));
  return picture;
}

function chunk(type: string, data: Buffer, sum?: number): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, end] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  end.writeUInt32BE(sum ?? crc32(body));
  return Buffer.concat([length, body, end]);
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const END = chunk('IEND', Buffer.alloc(0));

function head(width: number, height: number, [depth, colour, interlace = 0]: readonly number[]): Buffer {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.set([depth ?? 8, colour ?? 2, 0, 0, interlace], 8);
  return chunk('IHDR', data);
}

/** Zeros for so many bytes, filtered by none. */
const packed = (length: number): Buffer => chunk('IDAT', deflateSync(Buffer.alloc(length)));
const png = (...parts: readonly Buffer[]): Buffer => Buffer.concat([SIGNATURE, ...parts]);

test('a PNG of every colour type and depth keeps its pixels', () => {
  for (const channels of [1, 2, 3, 4] as const)
    for (const depth of [8, 16] as const) {
      const [width, height] = [17, 5];
      const samples = Array.from({ length: width * height * channels }, (_, at) => (at * 37) % 256);
      const data = depth === 8 ? Uint8Array.from(samples) : Uint16Array.from(samples);
      const bytes = Buffer.from(encode({ width, height, data, channels, depth }));
      const picture = read(bytes);
      assert.deepEqual([picture.type, picture.width, picture.height], ['image/png', width, height]);
      assert.deepEqual(decode(picture.bytes).data, decode(bytes).data);
      assert.deepEqual(read(picture.bytes).bytes, picture.bytes, 'written anew it is the same');
    }
});

test('of a PNG nothing is kept but the picture: no text, no place, nothing after its end', () => {
  const text = chunk('tEXt', Buffer.from('Author\0someone'));
  const scripted = Buffer.concat([
    png(head(2, 2, [8, 2]), text, chunk('eXIf', Buffer.from('gps')), packed(2 * 7), END),
    Buffer.from('<script>alert(1)</script>'),
  ]);
  const { bytes } = read(scripted);
  assert.doesNotMatch(bytes.toString('latin1'), /tEXt|someone|eXIf|gps|script/);
  const palette = png(head(4, 4, [1, 3]), chunk('PLTE', Buffer.from([0, 0, 0, 9, 9, 9])), packed(4 * 2), END);
  assert.match(read(palette).bytes.toString('latin1'), /PLTE/);
});

test('an interlaced PNG is as long as its seven passes', () => {
  // 8 × 8 of 8 bits: 1·2 + 1·2 + 1·3 + 2·3 + 2·5 + 4·5 + 4·9 bytes.
  assert.equal(read(png(head(8, 8, [8, 0, 1]), packed(79), END)).width, 8);
  for (const wrong of [78, 80]) assert.equal(readPicture(png(head(8, 8, [8, 0, 1]), packed(wrong), END)), 'broken');
  assert.equal(read(png(head(1, 1, [8, 0, 1]), packed(2), END)).height, 1);
});

test('what unpacks to more or less than its head tells is none, and so is what is too large before it is unpacked', () => {
  const small = head(2, 2, [8, 2]);
  const bomb = chunk('IDAT', deflateSync(Buffer.alloc(40_000_000)));
  const cases: readonly (readonly [string, Buffer, string])[] = [
    ['a bomb', png(small, bomb, END), 'broken'],
    ['a bomb that says how large it is', png(head(4096, 4096, [8, 6]), bomb, END), 'large'],
    ['no pixels', png(head(0, 5, [8, 2]), packed(0), END), 'large'],
    ['2^31 wide', png(head(2 ** 31, 1, [8, 2]), packed(10), END), 'large'],
    ['too short', png(small, packed(13), END), 'broken'],
    [
      'rubbish behind the data',
      png(small, chunk('IDAT', Buffer.concat([deflateSync(Buffer.alloc(14)), Buffer.from('x')])), END),
      'broken',
    ],
    ['a filter that is none', png(small, chunk('IDAT', deflateSync(Buffer.alloc(14, 5))), END), 'broken'],
    ['a wrong checksum', png(small, chunk('IDAT', deflateSync(Buffer.alloc(14)), 1), END), 'broken'],
    ['no end', png(small, packed(14)), 'broken'],
    ['two heads', png(small, small, packed(14), END), 'broken'],
    ['animated', png(small, chunk('acTL', Buffer.alloc(8)), packed(14), END), 'broken'],
    ['a depth that is none', png(head(2, 2, [3, 2]), packed(14), END), 'broken'],
    ['a palette of its own length', png(head(4, 4, [1, 3]), chunk('PLTE', Buffer.alloc(4)), packed(8), END), 'broken'],
    ['no palette', png(head(4, 4, [1, 3]), packed(8), END), 'broken'],
    ['a length beyond its end', png(small, Buffer.from('ffffffff49444154', 'hex')), 'broken'],
    ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'), 'unknown'],
    ['GIF', Buffer.from('GIF89a\u0001\u0000'), 'unknown'],
    ['HTML', Buffer.from('<!doctype html>'), 'unknown'],
    ['nothing', Buffer.alloc(0), 'unknown'],
    ['65 KiB', Buffer.alloc(MOST_PICTURE_BYTES + 1), 'long'],
  ];
  for (const [what, bytes, fault] of cases) assert.equal(readPicture(bytes), fault, what);
});

test('a JPEG as a browser writes it keeps its scan and loses what applications wrote', () => {
  const bytes = Buffer.from(JPEG, 'base64');
  const picture = read(bytes);
  assert.deepEqual([picture.type, picture.width, picture.height], ['image/jpeg', 24, 16]);
  const said = (marker: number, text: string) => {
    const body = Buffer.from(text);
    return Buffer.concat([Buffer.from([0xff, marker, 0, body.length + 2]), body]);
  };
  const more = Buffer.concat([
    bytes.subarray(0, 2),
    said(0xe1, 'Exif\0\0here'),
    said(0xfe, 'a comment'),
    said(0xed, 'Photoshop'),
    bytes.subarray(2),
    Buffer.from('<script>'),
  ]);
  assert.deepEqual(read(more).bytes, picture.bytes);
  const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
  const large = Buffer.from(bytes);
  large.writeUInt16BE(4097, frame + 5);
  assert.equal(readPicture(large), 'large');
  const twice = Buffer.concat([bytes.subarray(0, frame), bytes.subarray(frame, frame + 19), bytes.subarray(frame)]);
  assert.equal(readPicture(twice), 'broken');
  const scan = bytes.subarray(bytes.indexOf(Buffer.from([0xff, 0xda])), -2);
  const many = Buffer.concat([
    bytes.subarray(0, -2),
    ...Array.from({ length: 40 }, () => scan),
    Buffer.from([0xff, 0xd9]),
  ]);
  assert.equal(readPicture(many), 'broken', 'each scan is work for whoever shows it');
  assert.equal(readPicture(bytes.subarray(0, 2)), 'broken');
});

test('a WebP as a browser writes it keeps its picture; one that moves, or says two sizes, is none', () => {
  for (const text of [WEBP_LOSSY, WEBP_LOSSLESS]) {
    const bytes = Buffer.from(text, 'base64');
    const picture = read(bytes);
    assert.deepEqual([picture.type, picture.width, picture.height], ['image/webp', 24, 16]);
    const plain = read(picture.bytes);
    assert.deepEqual(plain.bytes, picture.bytes);
  }
  const inner = read(Buffer.from(WEBP_LOSSY, 'base64')).bytes;
  const wrap = (flags: number, [width, height]: readonly [number, number], ...after: readonly Buffer[]) => {
    const extended = Buffer.from([0, 0, 0, 0, 10, 0, 0, 0, flags, 0, 0, 0, width - 1, 0, 0, height - 1, 0, 0]);
    extended.write('VP8X', 'latin1');
    const body = Buffer.concat([Buffer.from('WEBP'), extended, inner.subarray(12), ...after]);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(body.length);
    return Buffer.concat([Buffer.from('RIFF'), length, body]);
  };
  const metadata = Buffer.concat([Buffer.from('XMP \u0004\u0000\u0000\u0000'), Buffer.from('here')]);
  const whole = read(wrap(0x04, [24, 16], metadata));
  assert.doesNotMatch(whole.bytes.toString('latin1'), /XMP|here/);
  assert.equal(whole.bytes[20], 0, 'no flag for what is not there');
  assert.equal(readPicture(wrap(0x02, [24, 16])), 'broken');
  assert.equal(readPicture(wrap(0, [25, 16])), 'broken');
  assert.equal(readPicture(wrap(0, [24, 16], inner.subarray(12))), 'broken', 'two pictures');
});

test('whatever is cut off or changed is read to an answer, and what is taken reads the same again', () => {
  const whole = [JPEG, WEBP_LOSSY, WEBP_LOSSLESS].map((text) => Buffer.from(text, 'base64'));
  const pngs = [png(head(8, 8, [8, 0, 1]), packed(79), END), png(head(2, 2, [8, 2]), packed(14), END)];
  const change = fc.tuple(fc.nat(2000), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(
      fc.constantFrom(...whole, ...pngs),
      fc.array(change, { maxLength: 4 }),
      fc.nat(2000),
      (from, changes, cut) => {
        const bytes = Buffer.from(from.subarray(0, from.length - (cut % 3 === 0 ? cut % from.length : 0)));
        for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value;
        const picture = readPicture(bytes);
        if (typeof picture === 'string') return;
        assert.ok(picture.bytes.length <= MOST_PICTURE_BYTES + 64);
        assert.deepEqual(read(picture.bytes).bytes, picture.bytes);
      },
    ),
    { seed: 17, numRuns: 3000 },
  );
});
