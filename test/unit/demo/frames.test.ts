import assert from 'node:assert/strict';
import test from 'node:test';
import { closeFrame, FrameDecoder, FrameError, MAX_MESSAGE, textFrame } from '../../../src/demo/websocket/frames.ts';

const MASK = Buffer.from([0x12, 0x34, 0x56, 0x78]);

/** A client's frame by hand: `first` is FIN, RSV and opcode as one byte. */
function frame(first: number, payload: Buffer | string): Buffer {
  const bytes = Buffer.from(payload);
  const n = bytes.length;
  const head =
    n < 126
      ? [first, 0x80 | n]
      : n < 65_536
        ? [first, 0xfe, n >> 8, n & 0xff]
        : [first, 0xff, 0, 0, 0, 0, 0, n >> 16, (n >> 8) & 0xff, n & 0xff];
  return Buffer.concat([Buffer.from(head), MASK, bytes.map((byte, i) => byte ^ (MASK[i & 3] ?? 0))]);
}

function refusal(bytes: Buffer): number {
  try {
    new FrameDecoder().push(bytes);
  } catch (error) {
    assert.ok(error instanceof FrameError);
    return error.closeCode;
  }
  return assert.fail('the frame was accepted');
}

test('the masked frame of RFC 6455 §5.7 is read as Hello', () => {
  const bytes = Buffer.from('818537fa213d7f9f4d5158', 'hex');
  assert.deepEqual(new FrameDecoder().push(bytes), [{ kind: 'text', text: 'Hello' }]);
});

test('the unmasked frame of RFC 6455 §5.7 is what a server sends', () => {
  assert.equal(textFrame('Hello').toString('hex'), '810548656c6c6f');
  assert.equal(textFrame('x'.repeat(256)).subarray(0, 4).toString('hex'), '817e0100');
  assert.equal(closeFrame(1001).toString('hex'), '880203e9');
});

test('a message arrives whole whatever the pieces it came in', () => {
  const text = 'Grüße, 船 '.repeat(40);
  const decoder = new FrameDecoder();
  const bytes = Buffer.from(text);
  const wire = Buffer.concat([frame(0x01, bytes.subarray(0, 3)), frame(0x89, 'ping'), frame(0x80, bytes.subarray(3))]);
  const messages = [...wire].flatMap((byte) => decoder.push(Buffer.from([byte])));
  assert.deepEqual(messages, [
    { kind: 'ping', payload: Buffer.from('ping') },
    { kind: 'text', text },
  ]);
});

test('a message of exactly 64 KiB passes and one byte more is refused with 1009', () => {
  const [message] = new FrameDecoder().push(frame(0x81, Buffer.alloc(MAX_MESSAGE, 'a')));
  assert.equal(message?.kind === 'text' && message.text.length, MAX_MESSAGE);
  assert.equal(refusal(frame(0x81, Buffer.alloc(MAX_MESSAGE + 1, 'a'))), 1009);
});

test('a length is refused by its claim, before the bytes come', () => {
  assert.equal(refusal(Buffer.from('81ffffffffffffffffff', 'hex')), 1009);
});

test('fragments are refused once they add up to too much, in bytes or in number', () => {
  const half = Buffer.alloc(MAX_MESSAGE / 2 + 1, 'a');
  assert.equal(refusal(Buffer.concat([frame(0x01, half), frame(0x00, half)])), 1009);
  assert.equal(refusal(Buffer.concat([frame(0x01, ''), ...Array.from({ length: 1100 }, () => frame(0x00, ''))])), 1009);
});

const BROKEN: readonly (readonly [what: string, bytes: Buffer, code: number])[] = [
  ['an unmasked frame', Buffer.from('810548656c6c6f', 'hex'), 1002],
  ['a reserved bit', frame(0xc1, 'x'), 1002],
  ['an unknown opcode', frame(0x83, 'x'), 1002],
  ['a fragmented ping', frame(0x09, 'x'), 1002],
  ['a long ping', frame(0x89, 'x'.repeat(126)), 1002],
  ['a continuation of nothing', frame(0x80, 'x'), 1002],
  ['a new message inside another', Buffer.concat([frame(0x01, 'a'), frame(0x81, 'b')]), 1002],
  ['binary data', frame(0x82, 'x'), 1003],
  ['text that is not UTF-8', frame(0x81, Buffer.from([0xff, 0xfe])), 1007],
  ['half a close code', frame(0x88, 'x'), 1002],
  ['a close code that may not be sent', frame(0x88, Buffer.from([0x03, 0xed])), 1002],
  ['a close reason that is not UTF-8', frame(0x88, Buffer.from([0x03, 0xe8, 0xff])), 1007],
];
for (const [what, bytes, code] of BROKEN) {
  test(`${what} is refused with ${code}`, () => assert.equal(refusal(bytes), code));
}
