// Reports have no opinion of their own: what the table of routes says is what the gate would do.
import assert from 'node:assert/strict';
import test from 'node:test';
import { configFromArguments } from '../../../src/config/load.ts';
import type { AppConfig, ExemptionConfig, RuleConfig } from '../../../src/config/types.ts';
import { opinionOf } from '../../../src/gate/opinion.ts';
import { parseTarget } from '../../../src/request/target.ts';
import { compileRules } from '../../../src/rules/compile.ts';
import { routeTable } from '../../../src/rules/table.ts';

const NOW = Date.UTC(2026, 10, 23);
const config = configFromArguments({ upstream: 'http://127.0.0.1:9000' });
const [base] = config.apps;
assert.ok(base);

const METHODS = ['GET', 'POST', 'DELETE', 'COPY', 'LOCK', 'PROPFIND', 'REPORT', 'BIND'] as const;
const PATHS = ['/', '/open', '/files', '/files/secret', '/files/secret/deep', '/elsewhere/x'] as const;
const SECRET: RuleConfig = { path: '/files/secret', require: 'passkey', maxAgeMs: null, groups: [] };

function exemption(method: string, path: string, expiresAt: number): ExemptionConfig {
  return { method, path, reason: 'probe', owner: 'ops', expires: '2026-11-22', expiresAt };
}

/** What the gate asks of a person with a code, or of nobody. */
function asked(app: AppConfig, method: string, path: string): string {
  const target = parseTarget(path, { encodedSlash: false, emptySegments: false });
  const line = { app, rules: compileRules(app), method, target };
  if (opinionOf(line, null, NOW).kind === 'exempt') return 'none';
  const proven = {
    opensSession: true,
    phishingResistant: false,
    lastFactorAt: NOW,
    lastPasskeyAt: 0,
    barred: null,
    passkeyOnly: false,
  };
  const session = { appId: app.id, realm: app.realm.id, accountName: 'bob', groups: [], live: true, ...proven };
  const opinion = opinionOf(line, session, NOW);
  return opinion.kind === 'challenge' && opinion.step === 'passkey' ? 'passkey' : 'mfa';
}

for (const [state, expiresAt] of [
  ['in force', NOW + 1],
  ['over', NOW],
  ['with an end that is no number', Number.NaN],
] as const)
  test(`what the table of routes says of an exemption ${state} is what the gate does`, () => {
    const exemptions = METHODS.flatMap((method) => PATHS.map((path) => exemption(method, path, expiresAt)));
    for (const rules of [[], [SECRET]]) {
      const app: AppConfig = { ...base, rules, exemptions };
      const rows = routeTable({ ...config, apps: [app] }, NOW).filter((row) => row.exemption !== null);
      assert.equal(rows.length, METHODS.length * PATHS.length);
      for (const { method, path, requires } of rows)
        assert.equal(requires, asked(app, method, path), `${method} ${path} with ${rules.length} rules`);
    }
  });
