import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { folder, freePort, type Ran, run, start } from '../support/process.ts';

/** What is told of a file: `line N: path: sentence`, in order. */
function told(text: string): readonly string[] {
  return [...text.matchAll(/^(?:fault)? *((?:line \d+: ).*)$/gm)].map(([, fault = '']) => fault);
}

const BAD: Readonly<Record<string, (good: string) => string>> = {
  'a misspelt key, a wrong type and a reference to nothing': (good) =>
    good.replace('hosts:', 'host:').replace('realm: staff', 'realm: stuff').replace('idle: 10m', 'idle: 10'),
  'a preset that there is not': (good) => good.replace('realm: staff', 'realm: staff\n    login: dokuwikki'),
  'a tab': (good) => good.replace('    hosts:', '\t\thosts:'),
};

test('check, every other command, a start and a reload say the same of a file, and none of it is in force', async (t) => {
  const dir = folder(t);
  const port = await freePort();
  const good = [
    `listen: 127.0.0.1:${port}`,
    'data: data',
    'sessions: { idle: 10m }',
    'realms: { staff: { source: local } }',
    'apps:',
    '  portal:',
    '    hosts: [app.test]',
    '    upstream: http://127.0.0.1:9',
    '    realm: staff',
    '',
  ].join('\n');
  const file = join(dir, 'served.yml');
  writeFileSync(file, good);
  const server = start(t, '--config', file);
  await server.until(/Stop with Ctrl-C/);
  const bad = join(dir, 'bad.yml');
  let reloads = 0;
  for (const [what, make] of Object.entries(BAD)) {
    writeFileSync(bad, make(good));
    const commands = [['check'], ['account', 'list'], ['serve']];
    const ran: readonly Ran[] = await Promise.all(commands.map((words) => run(...words, '--config', bad)));
    const before = server.text().length;
    writeFileSync(file, make(good));
    server.child.kill('SIGHUP');
    reloads += 1;
    await server.until(new RegExp(`(?:the old one stays in force\\.[\\s\\S]*?){${reloads}}`));
    const [checked] = ran;
    assert.ok(checked !== undefined && told(checked.out).length > 0, `${what}: ${checked?.out}${checked?.err}`);
    for (const { code, out, err } of ran) {
      assert.equal(code, 1, what);
      assert.deepEqual(told(out + err), told(checked.out), what);
      assert.ok(`${out}${err}`.includes(bad), `${what}: the file is named`);
      assert.doesNotMatch(out + err, /^\s+at /m, what);
    }
    assert.deepEqual(told(server.text().slice(before)), told(checked.out), what);
  }
  assert.equal((await server.stop()).code, 0);
});
