import type { Maker } from './maker.ts';

export function upgrades(make: Maker, open: readonly string[]): void {
  const key = ['Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==', 'Sec-WebSocket-Version: 13'];
  for (const protocol of ['websocket', 'WebSocket', 'websocket, x', 'x, websocket', 'h2c', 'HTTP/2.0', 'TLS/1.0'])
    for (const connection of ['Upgrade', 'upgrade', 'keep-alive, Upgrade', 'close'])
      make.add('upgrade', {
        open: true,
        fields: [`Connection: ${connection}`, `Upgrade: ${protocol}`, 'HTTP2-Settings: AAMAAABkAAQAAP__', ...key],
      });
  for (const target of [...open, '/', '/ws', '/socket.io/'])
    make.add('upgrade', {
      open: true,
      target,
      method: target === '/' ? 'GET' : 'GET',
      fields: ['Connection: Upgrade', 'Upgrade: websocket', ...key],
    });
  make.add('upgrade', {
    open: true,
    method: 'POST',
    fields: ['Connection: Upgrade', 'Upgrade: websocket', ...key, 'Content-Length: 0'],
  });
}

export function framings(make: Maker): void {
  const hidden = make.smuggled;
  const length = 'Content-Length: {length}';
  const two = [
    [length, 'Content-Length: 0'],
    ['Content-Length: 0', length],
    ['Content-Length: 0, {length}'],
    ['Content-Length: +{length}'],
    ['Content-Length: 0x1'],
    ['Content-Length: -1'],
    ['Transfer-Encoding: chunked', length],
    ['Transfer-Encoding: xchunked'],
    ['Transfer-Encoding: chunked, identity'],
    ['Transfer-Encoding: gzip, chunked'],
    ['Transfer-Encoding:\tchunked', 'Transfer-Encoding: identity'],
    ['Transfer_Encoding: chunked'],
    ['Transfer-Encoding : chunked'],
    ['Content-Length : 5'],
    [' Content-Length: 5'],
    ['X: a\r\n folded'],
    ['X: a\nY: b'],
    ['X: a\rY: b'],
    ['X: \0'],
    ['Content_Length: 5'],
  ];
  for (const method of ['GET', 'POST', 'DELETE'])
    for (const each of two) {
      make.add('framing', { method, open: true, fields: each, body: hidden });
      make.add('framing', { method, open: true, fields: each, body: `0\r\n\r\n${hidden}` });
    }
  make.add('framing', { method: 'GET', open: true, body: hidden });
}
