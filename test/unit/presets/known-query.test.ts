import assert from 'node:assert/strict';
import test from 'node:test';
import { isKnownQuery } from '../../../src/presets/known-query.ts';
import { prepare } from '../../../src/presets/prepared.ts';
import { guard, login, read } from './logins.ts';

const GUARD = guard({ fields: ['username', 'password'], sets: [['u', 'p']], query: ['token'] });
const fresh = () => login({ guard: GUARD });

/** Parts of queries: harmless names, guarded ones in many spellings, and what divides. */
const PARTS = [
  ...[
    'id=1',
    'do=show',
    'rev',
    'page=a%3Db',
    'a+b=1',
    'x%20y=2',
    '%75=1',
    '%2575=1',
    '=1',
    '',
    '&',
    ';',
    '=',
    '&&',
    ';=',
  ],
  ...[
    'u=1',
    'p=2',
    'U=1',
    'username=a',
    '%75sername=a',
    'user%6eame=a',
    'token=1',
    'Token',
    'tok%65n=1',
    'password[]=1',
  ],
  ...[
    'PHPSESSID=1',
    'jsessionid=1',
    '_method=PUT',
    'a%2500=1',
    'u%2500=1',
    'id=username',
    'id=%26username',
    'user+name=1',
  ],
];

/** Small, and the same each time. */
function dice(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % most;
  };
}

test('whatever was asked before, a query is judged as by somebody who has seen none', () => {
  const seasoned = fresh();
  const roll = dice(7);
  for (let i = 0; i < 4_000; i += 1) {
    const parts = Array.from({ length: 1 + roll(4) }, () => PARTS[roll(PARTS.length)]);
    const asked = `GET /page?${parts.join(roll(3) === 0 ? ';' : '&')}`;
    assert.equal(read(seasoned, asked), read(fresh(), asked), asked);
    // And once more, now that it is known.
    assert.equal(read(seasoned, asked), read(fresh(), asked), asked);
  }
});

test('a query is known once each of its names was read, and as long as nothing in it could be read otherwise', () => {
  const one = fresh();
  const known = (query: string) => isKnownQuery(query, prepare(one));
  assert.equal(known('id=1&do=show'), false);
  assert.equal(read(one, 'GET /page?id=1&do=show'), 'plain');
  assert.equal(read(one, 'GET /page?id=1&do=show'), 'plain');
  for (const query of ['id=1&do=show', 'do;id', 'id=%26username=&do=%01', '&&id'])
    assert.equal(known(query), true, query);
  const others = ['id=1&other=1', 'i%64=1', 'id+=1', 'id\u00a0=1', 'ID=1', '=1', 'u=1', 'id=1&username=2', 'id[]=1'];
  for (const query of others) assert.equal(known(query), false, query);
});

test('what may stand alone, and not with another, stays told apart', () => {
  const one = fresh();
  for (const asked of ['GET /page?u=1', 'GET /page?p=1', 'GET /page?u=1', 'GET /page?p=1'])
    assert.equal(read(one, asked), 'plain');
  assert.match(read(one, 'GET /page?u=1&p=1'), /^guarded/);
});

test('a name that means something to another configuration is known to the first alone', () => {
  const one = fresh();
  for (let i = 0; i < 2; i += 1) assert.equal(read(one, 'GET /page?pin=1'), 'plain');
  const next = login({ guard: guard({ ...GUARD, fields: ['pin'] }) });
  for (let i = 0; i < 2; i += 1) assert.match(read(next, 'GET /page?pin=1'), /^guarded/);
});

test('more parameters than anybody sends are refused, though each is known', () => {
  const one = fresh();
  for (let i = 0; i < 2; i += 1) assert.equal(read(one, 'GET /page?id=1'), 'plain');
  const many = (count: number) => `GET /page?${'id=1&'.repeat(count)}`;
  assert.equal(read(one, many(1000)), 'plain');
  assert.throws(() => read(one, many(1001)), { code: 'bad-target' });
});
