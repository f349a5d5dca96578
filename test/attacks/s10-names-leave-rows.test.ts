import assert from 'node:assert/strict';
import test from 'node:test';
import { boundTests } from '../support/login-app-bound.ts';

const MOST = 120;

boundTests(
  (on) => {
    test('names alone, given to the app without a cookie: rows have a limit', async () => {
      on.app.steps = 2;
      on.app.csrf = false;
      const before = await on.rows();
      const statuses: number[] = [];
      for (let n = 0; n < MOST + 40; n += 1) {
        const form = { username: `somebody${n}` };
        const sent = await on.sally.send('POST', '/login', { host: 'front.test', origin: 'http://front.test', form });
        statuses.push(sent.status);
      }
      assert.deepEqual(new Set(statuses.slice(0, MOST)), new Set([200]));
      assert.deepEqual(new Set(statuses.slice(MOST)), new Set([429]));
      const after = await on.rows();
      assert.equal((after['jars'] ?? 0) - (before['jars'] ?? 0), MOST);
    });
  },
  { front: { order: 'login-first', preset: { steps: 2 } } },
);
