import assert from 'node:assert/strict';
import test from 'node:test';
import { answersIn } from '../../../src/watch/canary/answers.ts';

const chunked = (body: string) => `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${body}`;

test('answers in chunks that follow one another are told apart', () => {
  const first = chunked('5;x=y\r\nhello\r\nA\r\n0123456789\r\n0\r\n\r\n');
  const found = answersIn(`${first}HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n`, false);
  assert.deepEqual(
    found.map(({ status }) => status),
    [200, 404],
  );
});

// With a sign, a size would lead back to itself: whatever answers the canary would stop the process.
for (const size of ['-6', '-1a', '+5', '', ' 5', '0x10', 'fffffffff', '-fffffff'])
  test(`what is behind a chunk of the size ${JSON.stringify(size)} belongs to that answer`, () => {
    const text = chunked(`${size}\r\n${'x'.repeat(50)}\r\n0\r\n\r\n`);
    assert.deepEqual(
      answersIn(text, false).map((answer) => answer.text),
      [text],
    );
  });
