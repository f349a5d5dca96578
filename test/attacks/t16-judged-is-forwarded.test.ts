import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { rawSocket } from '../support/raw.ts';
import { withSallyport } from '../support/sallyport.ts';

const on = withSallyport(() => ({ app: ['    target: { encoded_slash: true, empty_segments: true }'] }));

const piece = fc.constantFrom(
  ...[
    '/',
    '.',
    '..',
    '%2e',
    '%2F',
    '%5c',
    '%25',
    '%00',
    '\\',
    ';',
    'a',
    'admin',
    '.sallyport',
    '?',
    '?',
    '#',
    '%C3%A9',
    '%20',
    '//',
  ],
  ...[
    "'",
    '(',
    ')',
    '*',
    '!',
    '$',
    '&',
    '+',
    ',',
    '=',
    ':',
    '@',
    '~',
    '_',
    '-',
    '|',
    '[',
    ']',
    '{',
    '%7e',
    '%7E',
    '%zz',
    'Z',
    '0',
    '^',
    '"',
    '<',
    '>',
    '`',
    '}',
    '%',
    '%4',
  ],
);
const target = fc.oneof(
  { weight: 4, arbitrary: fc.array(piece, { maxLength: 14 }).map((parts) => `/${parts.join('')}`) },
  {
    weight: 1,
    arbitrary: fc.webUrl({ withQueryParameters: true }).map((url) => new URL(url).pathname + new URL(url).search),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 20 }).map((text) => `/${text.replace(/[\s\u0080-\uffff]/g, '')}`) },
);

test('for any target that is accepted, what was judged and logged is what the app receives, byte for byte', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob');
  let accepted = 0;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(target, async (raw) => {
      sally.upstream.clear();
      const before = sally.log.length;
      const socket = await rawSocket(sally.port);
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1');
      });
      socket.write(`GET ${raw} HTTP/1.1\r\nHost: app.test\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`, 'latin1');
      await new Promise((resolve) => socket.once('close', resolve));
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]);
      const ours = raw === '/.sallyport' || raw.startsWith('/.sallyport/') || raw.startsWith('/.sallyport?');
      if (status === 200 && !ours) {
        accepted += 1;
        assert.equal(sally.upstream.hits, 1);
        assert.equal(sally.upstream.requests[0]?.head.split('\r\n')[0], `GET ${raw} HTTP/1.1`);
        const line = sally.log.slice(before).find((entry) => entry['msg'] === 'request');
        assert.equal(line?.['path'], raw.split('?')[0]);
      } else {
        refused += 1;
        sally.upstream.silent(raw);
      }
    }),
    { numRuns: 500, seed: 20260102 },
  );
  // A property that nothing, or everything, satisfies would prove little.
  assert.ok(accepted > 100 && refused > 100, `${accepted} accepted, ${refused} refused`);
});
