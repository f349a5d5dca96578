import assert from 'node:assert/strict';
import test from 'node:test';
import { configFromArguments } from '../../../src/config/load.ts';
import type { RuleConfig } from '../../../src/config/types.ts';
import { type Judgement, judge, mayPass } from '../../../src/manage/judgement.ts';
import { NOBODY } from '../../../src/rules/strictest.ts';

const account = { name: 'bob', disabledAt: null, groups: ['ops'] };

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

test('what an account may not, says the gate, and the words say why', () => {
  const rule = judged({ require: 'passkey', groups: ['ops'] });
  const all = { factors: 1, passkeys: 1 };
  assert.match(mayPass(rule, { ...account, disabledAt: 1 }, all).why, /disabled/);
  assert.match(mayPass(rule, account, { factors: 0, passkeys: 0 }).why, /no authenticator/);
  assert.match(mayPass(rule, { ...account, groups: ['other'] }, all).why, /none of the groups/);
  assert.match(mayPass(judged({ groups: [NOBODY] }), account, all).why, /none of the groups/);
  assert.ok(mayPass(rule, account, all).may);
});

const NOW = Date.parse('2026-01-01');

function judgedAt(method: string, target: string, exempt: readonly [method: string, path: string]): Judgement {
  const config = configFromArguments({});
  const exemption = { method: exempt[0], path: exempt[1], expiresAt: NOW + 1, expires: '', reason: '', owner: '' };
  const rule = { path: '/dir/secret/**', require: 'passkey', maxAgeMs: null, groups: [] } as const;
  const apps = config.apps.map((app) => ({ ...app, rules: [rule], exemptions: [exemption] }));
  return judge({ ...config, apps }, method, `${apps[0]?.origin}${target}`, NOW);
}

test('an exemption is told of nothing that the gate does not exempt', () => {
  assert.equal(judgedAt('GET', '/dir', ['GET', '/dir']).verdict, 'exempt');
  assert.equal(judgedAt('POST', '/dir?page=2', ['POST', '/dir']).verdict, 'exempt');
  assert.equal(judgedAt('PROPFIND', '/other', ['PROPFIND', '/other']).verdict, 'exempt', 'no rule is below it');
  for (const [method, target] of [
    ['PROPFIND', '/dir'],
    ['COPY', '/dir'],
    ['POST', '/dir?_method=DELETE'],
    ['POST', '/dir?%5Fmethod=PUT'],
  ] as const) {
    const told = judgedAt(method, target, [method, '/dir']);
    assert.equal(told.verdict, 'session', `${method} ${target}`);
    assert.match(
      told.considered.find(({ kind }) => kind === 'exemption')?.why ?? '',
      /more than its path|another method/,
    );
  }
});
