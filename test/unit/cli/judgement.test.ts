import assert from 'node:assert/strict';
import test from 'node:test';
import { type Judgement, mayPass } from '../../../src/cli/judgement.ts';
import type { RuleConfig } from '../../../src/config/types.ts';

const account = { disabledAt: null, groups: ['ops'] };

function judged(rule: Partial<RuleConfig>): Judgement {
  const whole = { path: '/a/**', require: 'mfa', maxAgeMs: null, groups: [], ...rule } as const;
  const base = { app: null, target: '/a', decides: '', requires: '', why: '', considered: [], reading: null, from: [] };
  return { ...base, verdict: 'session', rule: whole };
}

test('a rule for passkeys is for accounts that have one which works at the app', () => {
  const rule = judged({ require: 'passkey' });
  assert.deepEqual(mayPass(rule, account, { factors: 1, passkeys: 0 }), {
    may: false,
    why: 'it has no passkey that works at this app',
  });
  assert.deepEqual(mayPass(rule, account, { factors: 1, passkeys: 1 }), { may: true, why: 'with a passkey' });
  const fresh = judged({ require: 'passkey', maxAgeMs: 300_000 });
  assert.deepEqual(mayPass(fresh, account, { factors: 1, passkeys: 1 }), {
    may: true,
    why: 'with a passkey used within 5m',
  });
});
