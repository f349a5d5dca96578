import assert from 'node:assert/strict';
import test from 'node:test';
import { headersOf } from '../../../src/jar/headers.ts';
import { EMPTY, type State } from '../../../src/jar/state.ts';
import { StillClock } from '../../support/clock.ts';
import { jarApp } from './world.ts';

const cookie = (name: string, expiresAt: number | null, path = '/') => ({
  ...{ name, value: 'v', domain: '', path, expiresAt, createdAt: 1 },
});
const stateOf = (...cookies: State['cookies']): State => ({ ...EMPTY, cookies });

for (const path of ['/', '/app'])
  test(`a cookie goes out until it expires and not a moment longer, the last that expires too (path ${path})`, () => {
    const clock = new StillClock(1_000);
    const headers = headersOf(
      jarApp(),
      stateOf(cookie('sid', 2_000, path), cookie('soon', 1_500), cookie('stays', null)),
      1_000,
    );
    const sent = () => headers.of('/app/x', clock)?.split('; ').sort();
    const first = headers.credentials(clock);
    for (const [at, names] of [
      [1_000, ['sid=v', 'soon=v', 'stays=v']],
      [1_499, ['sid=v', 'soon=v', 'stays=v']],
      [1_500, ['sid=v', 'stays=v']],
      [1_999, ['sid=v', 'stays=v']],
      [2_000, ['stays=v']],
      [9_000_000, ['stays=v']],
    ] as const) {
      clock.wall = at;
      // Twice: made, and remembered.
      for (let i = 0; i < 2; i += 1) assert.deepEqual(sent(), names, String(at));
      assert.equal(headers.credentials(clock), at < 2_000 ? first : '', String(at));
    }
  });

test('what has expired before anybody asks never goes out', () => {
  const clock = new StillClock(5_000);
  const headers = headersOf(jarApp(), stateOf(cookie('sid', 2_000), cookie('stays', null)), 5_000);
  assert.equal(headers.of('/', clock), 'stays=v');
  assert.equal(headers.credentials(clock), '');
});

test('another state has its own header and fingerprint, another app too', () => {
  const clock = new StillClock(0);
  const [one, two] = [stateOf(cookie('sid', null)), stateOf({ ...cookie('sid', null), value: 'w' })];
  const app = jarApp();
  const texts = [one, two, one].map((state) => headersOf(app, state, 0).of('/', clock));
  assert.deepEqual(texts, ['sid=v', 'sid=w', 'sid=v']);
  assert.notEqual(headersOf(app, one, 0).credentials(clock), headersOf(app, two, 0).credentials(clock));
  const other = jarApp({ login: { kind: 'bound', sessionCookies: [] } as never });
  assert.equal(headersOf(other, one, 0).credentials(clock), '');
});
