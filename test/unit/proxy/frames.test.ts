import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { FrameReader } from '../../../src/proxy/frames.ts';

function frame(opcode: number, length: number, masked: boolean): Buffer {
  const extra = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const head = Buffer.alloc(2 + extra + (masked ? 4 : 0), 0xff);
  head[0] = 0x80 | opcode;
  head[1] = (masked ? 0x80 : 0) | (extra === 0 ? length : extra === 2 ? 126 : 127);
  if (extra === 2) head.writeUInt16BE(length, 2);
  if (extra === 8) head.writeBigUInt64BE(BigInt(length), 2);
  // The payload looks like data frames, so that a reader out of step would be seen to be.
  return Buffer.concat([head, Buffer.alloc(length, 0x81)]);
}

test('a data frame is activity, a ping, pong or close is not', () => {
  for (const opcode of [0, 1, 2]) assert.equal(new FrameReader().push(frame(opcode, 5, true)), true, String(opcode));
  for (const opcode of [8, 9, 10]) assert.equal(new FrameReader().push(frame(opcode, 5, true)), false, String(opcode));
});

test('the later pieces of a long data frame are activity too', () => {
  const reader = new FrameReader();
  const bytes = frame(2, 70_000, true);
  assert.equal(reader.push(bytes.subarray(0, 100)), true);
  assert.equal(reader.push(bytes.subarray(100, 69_000)), true);
  assert.equal(reader.push(bytes.subarray(69_000)), true);
  assert.equal(reader.push(frame(9, 0, true)), false);
});

test('an empty data frame is activity', () => {
  assert.equal(new FrameReader().push(frame(1, 0, true)), true);
  assert.equal(new FrameReader().push(frame(1, 0, false)), true);
});

test('what is no frame is no activity, and ends the reading', () => {
  const reader = new FrameReader();
  assert.equal(reader.push(Buffer.from([0x83, 0x80, 0, 0, 0, 0])), false);
  assert.equal(reader.push(frame(1, 5, true)), false);
  const vast = new FrameReader();
  vast.push(Buffer.from([0x89, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]));
  assert.equal(vast.push(frame(1, 5, true)), false);
});

test('property: however the bytes are cut, exactly the pieces with bytes of data frames count', () => {
  const frames = fc.array(
    fc.tuple(
      fc.constantFrom(0, 1, 2, 8, 9, 10),
      fc.constantFrom(0, 1, 125, 126, 127, 300, 65_535, 65_600),
      fc.boolean(),
    ),
    { minLength: 1, maxLength: 6 },
  );
  const cuts = fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(frames, cuts, (list, sizes) => {
      const parts = list.map(([opcode, length, masked]) => frame(opcode, length, masked));
      const bytes = Buffer.concat(parts);
      const isData = Buffer.concat(parts.map((part, i) => Buffer.alloc(part.length, (list[i]?.[0] ?? 9) <= 2 ? 1 : 0)));
      const reader = new FrameReader();
      let at = 0;
      for (let i = 0; at < bytes.length; i += 1) {
        const next = at + (sizes[i % sizes.length] ?? 1);
        assert.equal(reader.push(bytes.subarray(at, next)), isData.subarray(at, next).includes(1), `at ${at}`);
        at = next;
      }
    }),
    { numRuns: 100 },
  );
});
