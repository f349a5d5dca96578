import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { LOCKED_WRITES } from '../../src/store/types.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TSC = join(ROOT, 'node_modules/.bin/tsc');

/** What every snippet may use. None of it is a forgery. */
const PRELUDE = `
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { Admission, type AdmissionParts, type MintToken } from '../../src/gate/admission.ts';
import { decide, type Decision, type Facts } from '../../src/gate/decide.ts';
import type { Gate, Judged, Refusal } from '../../src/gate/gate.ts';
import { exchange } from '../../src/proxy/exchange.ts';
import { forward } from '../../src/proxy/forward.ts';
import type { Forwarding } from '../../src/proxy/forwarding.ts';
import type { Passage } from '../../src/proxy/passage.ts';
import type { Upgrader } from '../../src/proxy/upgrade.ts';
import { Session } from '../../src/sessions/session.ts';
import type { SessionMap } from '../../src/sessions/map.ts';
import { openSession } from '../../src/sessions/open.ts';
import type { PendingRow, SessionRow, Store, StoreParts } from '../../src/store/types.ts';
import type { AppConfig } from '../../src/config/types.ts';
import type { Target } from '../../src/request/target.ts';
import type { Login } from '../../src/login/types.ts';
import { type AuditKind } from '../../src/audit/audit.ts';
import type { Done, Parts } from '../../src/operations/types.ts';
import { SallyportError } from '../../src/errors.ts';
declare const admission: Admission<'session'>, step: Admission<'step'>, parts: AdmissionParts, request: IncomingMessage, res: ServerResponse, by: Forwarding;
declare const session: Session, pending: PendingRow, row: SessionRow, store: Store, tx: StoreParts, map: SessionMap;
declare const gate: Gate, judged: Judged, facts: Facts, login: Login, app: AppConfig, upgrader: Upgrader, socket: Duplex;
declare const passage: Passage, target: Target, refusal: Refusal, text: string;
declare const unlocked: Parts, underAccount: Parts<'account'>, underApps: Parts<'apps'>;
const hooks = { fail: (_: SallyportError) => {} };
export { Admission, decide, exchange, forward, Session, openSession, SallyportError };
export type { Decision, AuditKind, Done };
export { admission, step, parts, request, res, by, session, pending, row, store, tx, map, gate, judged, facts, login, app, upgrader, socket, target, refusal, text, hooks, passage, unlocked, underAccount, underApps };
`;

/** What must not compile, and the code of the error that stops it. */
const FORGERIES: Readonly<Record<string, readonly [snippet: string, code: string]>> = {
  'an operation’s answer without its entry': ["export const a: Done<number, 'sign-out'> = { value: 1 };", 'TS2741'],
  'an operation’s answer with no entry in its record': [
    "export const a: Done<number, 'sign-out'> = { value: 1, record: [] };",
    'TS2322',
  ],
  'an entry of a kind that the operation does not declare': [
    "export const a: Done<number, 'sign-out'> = { value: 1, record: [{ kind: 'ticket.issue' }] };",
    'TS2322',
  ],
  'an operation that writes its entry itself': ['underAccount.audit.append({});', 'TS2339'],
  'an operation that tells the owner itself': ['underAccount.notices.insert({});', 'TS2339'],
  'an operation under no lock that ends sessions': ["unlocked.sessions.end({ by: 'all' }, text, 1);", 'TS2339'],
  'an operation under the lock of apps that changes an account': ['underApps.accounts.update(text, {});', 'TS2339'],
  'an admission written as a literal': ['forward({ ...parts }, res, by, hooks);', 'TS2345'],
  'an admission spread from another': ["forward({ ...admission, target: '/admin' }, res, by, hooks);", 'TS2345'],
  'an admission declared as a literal': ['export const a: Admission = { ...parts };', 'TS2739'],
  'an admission made without token': ['export const a = new Admission(parts);', 'TS2554'],
  'an admission made with another symbol': [
    "export const a = new Admission(Symbol('minted in gate/'), 'session', parts);",
    'TS2345',
  ],
  'an admission made with undefined': ["export const a = new Admission(undefined, 'session', parts);", 'TS2345'],
  'an admission made with a string': ["export const a = new Admission('token', 'session', parts);", 'TS2345'],
  'a class that looks like an admission': [
    'class Fake { readonly #minted = 1; constructor(readonly p = parts) {} static use() { return forward(new Fake(), res, by, hooks); } }; export { Fake };',
    'TS2345',
  ],
  'a judged target that is changed': ["admission.target = '/admin';", 'TS2540'],
  'an admission’s session that is changed': ['admission.session = session;', 'TS2540'],
  'a request forwarded without admission': ['forward(request, res, by, hooks);', 'TS2345'],
  'a session forwarded instead of an admission': ['forward(session, res, by, hooks);', 'TS2345'],
  'a sign-in at the app, streamed through unjudged': ['forward(step, res, by, hooks);', 'TS2345'],
  'an ordinary admission exchanged as a sign-in': ['exchange(admission, by.upstreams, passage, null);', 'TS2345'],
  'a refusal forwarded': ['forward(refusal, res, by, hooks);', 'TS2345'],
  'what the gate answered, forwarded unseen': ['forward(await gate.pass(judged), res, by, hooks);', 'TS2345'],
  'a promise of an answer, forwarded': ['forward(gate.pass(judged), res, by, hooks);', 'TS2345'],
  'an upgrade without admission': ['upgrader.forwardUpgrade(request, socket, Buffer.alloc(0));', 'TS2345'],
  'a pending sign-in as a session': [
    'map.adopting(async () => 1, () => ({ cookie: text, session: pending }));',
    'TS2740',
  ],
  'a pending sign-in judged as a session': ['gate.pass({ ...judged, session: pending });', 'TS2740'],
  'a pending sign-in made a session': ["Session.fromRow(pending, 'local');", 'TS2345'],
  'a row of the store as a session': ['map.adopting(async () => 1, () => ({ cookie: text, session: row }));', 'TS2740'],
  'a session row without its account': ["Session.fromRow(row, 'local');", 'TS2345'],
  'a session made by hand': ["export const s = new Session(row, 'local');", 'TS2673'],
  'a session spread from another': [
    "map.adopting(async () => 1, () => ({ cookie: text, session: { ...session, accountId: 'root' } }));",
    'TS2740',
  ],
  'a session’s account that is changed': ["session.accountId = 'root';", 'TS2540'],
  'a session without proofs of strength': ['session.strength.opensSession = true;', 'TS2540'],
  'a session opened without an account': [
    'openSession(tx, { now: () => 0, monotonic: () => 0 }, (n) => new Uint8Array(n), { app });',
    'TS2345',
  ],
  'a target that is a string': ["gate.pass({ ...judged, target: '/admin' });", 'TS2322'],
  'a target that is changed': ["target.path = '/public';", 'TS2540'],
  'a decision of another kind': ["export const d: Decision = { kind: 'bypass' };", 'TS2322'],
  'an exemption without its reason': ["export const d: Decision = { kind: 'exempt' };", 'TS2322'],
  'a decision without the state of the session': ['decide({ ...facts, session: undefined });', 'TS2322'],
  'facts that leave the Origin open': [
    'const { originAllowed, ...rest } = facts; export { originAllowed }; decide(rest);',
    'TS2345',
  ],
  'a second factor without pending': [
    "login.second({ app, source: text, userAgent: text, browser: null }, 'totp', text);",
    'TS2554',
  ],
  'a step that does not exist': [
    "login.second({ app, source: text, userAgent: text, browser: null }, null, 'none', text);",
    'TS2345',
  ],
  'an error code that does not exist': ["throw new SallyportError('allow');", 'TS2345'],
  'an audit kind that does not exist': ["export const k: AuditKind = 'session.bypass';", 'TS2322'],
  'a transaction inside a transaction': ['store.transaction((inner) => inner.transaction(async () => {}));', 'TS2339'],
  ...Object.fromEntries(
    Object.entries(LOCKED_WRITES).flatMap(([part, writes]) =>
      writes.flatMap((write) => [
        [`${part}.${write} outside of a lock`, [`store.${part}.${write};`, 'TS2339']],
        [
          `${part}.${write} in a transaction without a lock`,
          [`store.transaction((inner) => inner.${part}.${write}());`, 'TS2339'],
        ],
      ]),
    ),
  ),
  'sessions of all ended under the lock of one account': [
    "store.underAccount(text, (inner) => inner.sessions.end({ by: 'all' }, text, 1));",
    'TS2322',
  ],
  'sessions of one account ended under the lock of an app': [
    "store.underApps('all', (inner) => inner.sessions.end({ by: 'account', accountId: text }, text, 1));",
    'TS2322',
  ],
  'an authenticator removed under the lock of an app': [
    "store.underApps('all', (inner) => inner.authenticators.remove(text));",
    'TS2339',
  ],
  'a group list that is changed': ["session.groups.push('ops');", 'TS2339'],
};

/** The same with nothing forged: it must compile, or the errors above prove nothing. */
const HONEST: Readonly<Record<string, string>> = {
  'an admission that the gate gave':
    "const a = await gate.pass(judged); if (a instanceof Admission && Admission.is(a, 'session')) forward(a, res, by, hooks);",
  'a sign-in exchanged': 'await exchange(step, by.upstreams, passage, null);',
  'a session adopted': 'await map.adopting(async () => 1, () => ({ cookie: text, session }));',
  'a write under a lock': 'await store.underAccount(text, async (inner) => inner.authenticators.remove(text));',
  'a transaction': 'await store.transaction(async (inner) => inner.audit.list({ limit: 1 }));',
};

test('no forgery compiles, and what is honest does', (t) => {
  // Beneath the project, so that its types are found.
  mkdirSync(join(ROOT, '.artifacts'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, '.artifacts/snippets-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const cases = [
    ...Object.entries(FORGERIES).map(([name, [snippet, code]]) => ({ name, snippet, code })),
    ...Object.entries(HONEST).map(([name, snippet]) => ({ name, snippet, code: '' })),
  ];
  for (const [i, { snippet }] of cases.entries()) {
    writeFileSync(
      join(folder, `case-${i}.ts`),
      `import { ${NAMES.join(', ')} } from './prelude.ts';\n${snippet}\nexport {};\n`,
    );
  }
  writeFileSync(join(folder, 'prelude.ts'), PRELUDE);
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: '../../tsconfig.json',
      // An unused import is no forgery, and neither is a field of the snippet's own.
      compilerOptions: {
        noUnusedLocals: false,
        noUnusedParameters: false,
        erasableSyntaxOnly: false,
        verbatimModuleSyntax: false,
      },
      include: ['./*.ts'],
    }),
  );
  const { stdout } = spawnSync(TSC, ['-p', folder, '--pretty', 'false'], { cwd: folder, encoding: 'utf8' });
  const found = new Map<string, string[]>();
  for (const line of stdout.split('\n')) {
    const match = /^(?:.*\/)?(case-\d+|prelude)\.ts\(\d+,\d+\): error (TS\d+)/.exec(line);
    if (match?.[1] !== undefined) found.set(match[1], [...(found.get(match[1]) ?? []), match[2] ?? '']);
  }
  assert.deepEqual(found.get('prelude'), undefined, stdout);
  const outcome = cases.map(({ name }, i) => [name, [...new Set(found.get(`case-${i}`) ?? [])].join(' ')]);
  assert.deepEqual(
    Object.fromEntries(outcome),
    Object.fromEntries(cases.map(({ name, code }) => [name, code])),
    'each forgery is stopped by the error that is meant to stop it, and nothing else is',
  );
});

const NAMES = PRELUDE.slice(PRELUDE.indexOf('export {'))
  .replaceAll(/export (?:type )?\{|\};?/g, ',')
  .split(/[,\s]+/)
  .filter((name) => name !== '')
  .map((name) => (name === 'Decision' || name === 'AuditKind' ? `type ${name}` : name));
