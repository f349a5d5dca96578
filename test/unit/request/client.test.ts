import assert from 'node:assert/strict';
import test from 'node:test';
import { isLoopback, plainAddress, readClient, trustedPeers } from '../../../src/request/client.ts';
import { HeaderFields } from '../../../src/request/fields.ts';

const nobody = trustedPeers([]);
const proxies = trustedPeers(['10.0.0.7', '10.1.0.0/24', '2001:db8:1::/48']);

test('a mapped IPv4 address is that address; what is no address is nobody’s', () => {
  assert.equal(plainAddress('::ffff:192.0.2.1'), '192.0.2.1');
  assert.equal(plainAddress('::FFFF:192.0.2.1'), '192.0.2.1');
  assert.equal(plainAddress('2001:db8::1'), '2001:db8::1');
  for (const odd of [undefined, '', 'unknown', 'localhost', '1.2.3', '1.2.3.4:80', '::ffff:evil']) {
    assert.equal(plainAddress(odd), '0.0.0.0');
  }
});

test('loopback is this machine alone', () => {
  for (const address of ['127.0.0.1', '127.255.0.9', '::1']) assert.equal(isLoopback(address), true);
  for (const address of ['128.0.0.1', '10.127.0.0', '::2', '0.0.0.0', '1.127.0.0.1'])
    assert.equal(isLoopback(address), false);
});

test('from a peer that is not trusted nothing it says is believed', () => {
  const said = [
    'X-Forwarded-For',
    '127.0.0.1',
    'X-Forwarded-Proto',
    'https',
    'Forwarded',
    'for=127.0.0.1;proto=https',
    'X-Real-IP',
    '127.0.0.1',
  ];
  for (const trusted of [nobody, proxies]) {
    assert.deepEqual(readClient('203.0.113.9', false, HeaderFields.of(said), trusted), {
      address: '203.0.113.9',
      scheme: 'http',
      forwardedFor: '203.0.113.9',
      near: false,
    });
  }
  assert.equal(readClient('203.0.113.9', true, HeaderFields.of(said), nobody).scheme, 'https');
  assert.equal(readClient('127.0.0.1', false, HeaderFields.of(said), nobody).near, true);
});

test('a trusted proxy speaks for the last address that is not one of its own', () => {
  const read = (chain: string, proto = 'https') =>
    readClient('10.0.0.7', false, HeaderFields.of(['X-Forwarded-For', chain, 'X-Forwarded-Proto', proto]), proxies);
  assert.deepEqual(read('198.51.100.4'), {
    address: '198.51.100.4',
    scheme: 'https',
    forwardedFor: '198.51.100.4, 10.0.0.7',
    near: true,
  });
  // What the client wrote before the proxy's own entry is not believed, however trustworthy it looks.
  assert.equal(read('127.0.0.1, 10.0.0.7, 198.51.100.4').address, '198.51.100.4');
  assert.equal(read('127.0.0.1, 198.51.100.4').forwardedFor, '198.51.100.4, 10.0.0.7');
  assert.equal(read('198.51.100.4, 10.1.0.9').address, '198.51.100.4');
  assert.equal(read('198.51.100.4, evil, 10.1.0.9').address, '10.1.0.9');
  assert.equal(read('').address, '10.0.0.7');
  assert.equal(read('2001:db8:2::5').address, '2001:db8:2::5');
  assert.equal(read('::ffff:198.51.100.4').address, '198.51.100.4');
});

test('behind a trusted proxy that says http, the person came unprotected', () => {
  const read = (proto: string) =>
    readClient(
      '10.0.0.7',
      false,
      HeaderFields.of(['X-Forwarded-For', '198.51.100.4', 'X-Forwarded-Proto', proto]),
      proxies,
    );
  assert.equal(read('http').near, false);
  assert.equal(read('https').near, true);
  assert.equal(read('javascript').scheme, 'http');
});

test('of two lines the proxy wrote the last', () => {
  const fields = ['X-Forwarded-For', '127.0.0.1', 'X-Forwarded-For', '198.51.100.4'];
  assert.equal(readClient('10.0.0.7', false, HeaderFields.of(fields), proxies).address, '198.51.100.4');
});

test('an address with a port is that address, in the forms that proxies write', () => {
  const read = (chain: string) =>
    readClient('10.0.0.7', true, HeaderFields.of(['X-Forwarded-For', chain]), proxies).address;
  for (const [address, port] of [
    ['203.0.113.9', ':51234'],
    ['203.0.113.9', ':0'],
    ['203.0.113.9', ''],
    ['2001:db8::1', ''],
  ] as const)
    assert.equal(read(`${address}${port}`), address);
  for (const written of ['[2001:db8::1]', '[2001:db8::1]:51234', ' [2001:DB8::1]:1 '])
    assert.equal(read(written).toLowerCase(), '2001:db8::1', written);
  assert.equal(read('198.51.100.4:80, 10.1.0.9:443'), '198.51.100.4');
  assert.equal(read('[::ffff:192.0.2.1]:8080'), '192.0.2.1');
  const odd = [
    '203.0.113.9:',
    '203.0.113.9:x',
    '203.0.113.9:123456',
    '203.0.113.9:1:2',
    ':80',
    'host:80',
    '[]',
    '[]:1',
  ];
  for (const written of [...odd, '[203.0.113.9]:1', '[2001:db8::1', '[2001:db8::1]x', '[2001:db8::1]:', '2001:db8::1]'])
    assert.equal(read(written), '10.0.0.7', written);
});
