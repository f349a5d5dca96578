import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import type { Admission } from '../../src/gate/admission.ts';
import { type Html, html } from '../../src/lib/html.ts';
import { forward } from '../../src/proxy/forward.ts';
import { createUpgrader } from '../../src/proxy/upgrade.ts';
import { createUpstreams } from '../../src/proxy/upstreams.ts';
import { Session } from '../../src/sessions/session.ts';
import { TestClock } from '../support/clock.ts';
import { admit, testApp, testSession } from '../support/guarded.ts';
import { startUpstream } from '../support/upstream.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FILE = fileURLToPath(new URL('./forbidden.ts', import.meta.url));
const DIRECTIVE = /^\s*\/\/ @ts-expect-error (TS\d+) (.+)$/;

/** The errors of a text in the place of forbidden.ts, by line (from 0). */
function errorsOf(text: string): Map<number, string> {
  const config = ts.readConfigFile(`${ROOT}tsconfig.json`, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, ROOT);
  const host = ts.createCompilerHost(options);
  const read = host.readFile.bind(host);
  const source = host.getSourceFile.bind(host);
  host.readFile = (name) => (name === FILE ? text : read(name));
  host.getSourceFile = (name, version, ...rest) =>
    name === FILE ? ts.createSourceFile(name, text, version) : source(name, version, ...rest);
  const program = ts.createProgram([FILE], options, host);
  const file = program.getSourceFile(FILE);
  assert.ok(file !== undefined);
  const found = new Map<number, string>();
  for (const { start, code } of [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)])
    found.set(file.getLineAndCharacterOfPosition(start ?? 0).line, `TS${code}`);
  return found;
}

test('each forbidden line is stopped by the error that is meant to stop it, and no other line is', () => {
  const lines = readFileSync(FILE, 'utf8').split('\n');
  const expected: Record<string, string> = {};
  for (const [i, line] of lines.entries()) {
    const [, code = '', what = ''] = DIRECTIVE.exec(line) ?? [];
    if (code !== '') expected[`${i + 2}: ${what}`] = code;
  }
  assert.ok(Object.keys(expected).length >= 20);
  // Without its directive each line stands for itself; the numbers of the lines stay.
  const bare = lines.map((line) => (DIRECTIVE.test(line) ? '' : line)).join('\n');
  const found = [...errorsOf(bare)].map(([line, code]) => {
    const [, , what = 'a line that ought to compile'] = DIRECTIVE.exec(lines[line - 1] ?? '') ?? [];
    return [`${line + 1}: ${what}`, code];
  });
  assert.deepEqual(Object.fromEntries(found), expected);
});

/** A cast of what already has the fields compiles; at run time it opens nothing. */
test('what was cast into an admission, or was spent, is forwarded nowhere', async (t) => {
  const upstream = await startUpstream();
  const app = testApp(upstream.origin);
  const upstreams = createUpstreams([app]);
  const clock = new TestClock();
  const upgrader = createUpgrader([app], clock);
  t.after(async () => {
    upgrader.destroy();
    await upstreams.destroy();
    await upstream.close();
  });
  const request = new IncomingMessage(new Socket());
  request.method = 'GET';
  request.url = '/a';
  request.headers.host = 'app.test';
  const genuine = admit(request, app, testSession());
  const by = { upstreams, clock };
  const leave = (admission: Admission<'session'>) =>
    forward(admission, new ServerResponse(request), by, {
      fail: (error) => {
        throw error;
      },
    });
  const forged: Readonly<Record<string, unknown>> = {
    'a literal': { target: '/admin' },
    'a spread': { ...genuine, target: '/admin' },
    'an heir': Object.create(genuine),
    'the prototype': Object.setPrototypeOf({ ...genuine }, Object.getPrototypeOf(genuine)),
  };
  for (const [what, value] of Object.entries(forged)) {
    const cast = value as Admission<'session'>; // the forger's
    assert.throws(() => leave(cast), { code: 'internal' }, what);
    assert.throws(() => upgrader.forwardUpgrade(cast, new PassThrough(), Buffer.alloc(0)), { code: 'internal' }, what);
  }
  upstream.silent();
  leave(genuine);
  await upstream.until(() => upstream.hits === 1);
  assert.throws(() => leave(genuine), { code: 'internal' }, 'a spent one');
  assert.throws(() => upgrader.forwardUpgrade(genuine, new PassThrough(), Buffer.alloc(0)), { code: 'internal' });
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(upstream.hits, 1);
});

test('what was cast into a session or into markup is none', () => {
  const session = testSession();
  assert.equal(Session.is(session), true);
  for (const value of [{ ...session }, Object.create(session), Object.create(Session.prototype), null, 'session'])
    assert.equal(Session.is(value), false);
  const cast = { text: '<script>' } as Html; // the forger's
  assert.throws(() => html`<p>${cast}</p>`, TypeError);
  assert.equal(html`<p>${'<script>' as unknown as Html}</p>`.text, '<p>&lt;script&gt;</p>');
});
