import assert from 'node:assert/strict';
import test from 'node:test';
import { crossingOf, isLost } from '../../../src/binding/crossing.ts';
import type { BoundLogin } from '../../../src/config/login-types.ts';
import type { AppConfig } from '../../../src/config/types.ts';
import { StillClock } from '../../support/clock.ts';
import { login, predicate, re } from '../presets/logins.ts';

const OURS = 'https://portal.example.org';
const CLOCK = new StillClock(0);

function appOf(bound: BoundLogin, clientCookies: readonly string[] = []): AppConfig {
  const upstream = { origin: 'http://127.0.0.1:8000' };
  return {
    id: 'portal',
    login: bound,
    upstream,
    clientCookies: clientCookies.map(re),
  } as unknown as AppConfig;
}

const away = (status: number, location: string) => ({ status, raw: ['Location', location] });

test('what an app’s requests have in common is made once for a configuration and an origin', () => {
  const app = appOf(login({}));
  const made = crossingOf(app, app.login as BoundLogin, OURS);
  assert.equal(crossingOf(app, app.login as BoundLogin, OURS), made);
  assert.notEqual(crossingOf(app, app.login as BoundLogin, 'https://other.example.org'), made);
});

test('another configuration has its own: guarded headers, cookies, bodies and what says that somebody is signed out', () => {
  const before = login({});
  const after = login({
    guard: { ...before.guard, headers: ['X-App-Token'] },
    rewrite: { ...before.rewrite, body: ['http://app.internal'] },
    lost: [predicate({ status: [302], location: re('^/login') })],
  });
  const one = crossingOf(appOf(before), before, OURS);
  const two = crossingOf(appOf(after, ['^lang$']), after, OURS);
  assert.deepEqual([one.without.has('xapptoken'), two.without.has('xapptoken')], [false, true]);
  assert.deepEqual([one.rewritten, two.rewritten], [false, true]);
  assert.deepEqual([one.client.length, two.client.length], [0, 1]);
  const answer = away(302, '/login');
  assert.deepEqual([isLost(one, answer, CLOCK), isLost(two, answer, CLOCK)], [false, true]);
});

test('the same app by another login, under another origin and back again is never given what the last one was', () => {
  const before = login({});
  const after = login({ guard: { ...before.guard, headers: ['X-App-Token'] } });
  const app = appOf(before);
  for (const [bound, origin] of [
    [before, OURS],
    [after, OURS],
    [before, 'https://two.example.org'],
    [after, 'https://two.example.org'],
    [before, OURS],
  ] as const) {
    const { login: of, origin: at, without } = crossingOf(app, bound, origin);
    assert.deepEqual([of, at, without.has('xapptoken')], [bound, origin, bound === after]);
  }
});

test('that somebody is signed out is said by the head alone, by all of one description', () => {
  const bound = login({
    lost: [
      predicate({ status: [302, 303], location: re('^/login') }),
      predicate({ status: [401] }),
      predicate({ status: [200], body: re('sign in') }),
    ],
  });
  const crossing = crossingOf(appOf(bound), bound, OURS);
  for (const [status, location, lost] of [
    [302, '/login', true],
    [303, '/login?next=', true],
    [302, '/', false],
    [301, '/login', false],
    [401, '/', true],
    [200, '/login', false],
  ] as const)
    assert.equal(isLost(crossing, away(status, location), CLOCK), lost, `${status} ${location}`);
});
