import assert from 'node:assert/strict';
import test from 'node:test';
import { sourceKey } from '../../../src/lib/networks.ts';

const SAME: readonly (readonly string[])[] = [
  ['192.0.2.7', '::ffff:192.0.2.7', '::FFFF:c000:0207', '0:0:0:0:0:ffff:192.0.2.7'],
  ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:0DB8:0001:0002::'],
  ['', 'unknown', '300.1.1.1', '1.2.3', 'a.b'],
];

for (const group of SAME) {
  test(`${group.join(' ')} share one limit`, () => {
    assert.equal(new Set(group.map(sourceKey)).size, 1);
  });
}

test('neighbouring networks do not share one', () => {
  const all = ['192.0.2.7', '192.0.2.8', '2001:db8:1:2::1', '2001:db8:1:3::1', '::1', 'fe80::1%eth0', 'junk'];
  assert.equal(new Set(all.map(sourceKey)).size, all.length);
});
