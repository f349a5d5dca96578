import assert from 'node:assert/strict';
import test from 'node:test';
import { folder, freePort, run, start } from '../support/process.ts';
import { Visitor } from '../support/visitor.ts';

const ADMINISTER = /^ {2}Administer +(http:\/\/localhost:\d+)$/m;
const FIRST = /^ +admin \(administrator\) +(http:\/\/localhost:\d+)\/\.sallyport\/enrol\//m;

test('a start without a file brings the console up, says where, and leads its administrator there; commands know it too', async (t) => {
  const data = folder(t);
  const [port, own] = [await freePort(), await freePort()];
  const where = ['--port', String(port), '--data', data];
  const first = start(t, ...where, '--console-port', String(own));
  await first.until(/Stop with Ctrl-C/);
  const origin = `http://localhost:${own}`;
  assert.equal(ADMINISTER.exec(first.text())?.[1], origin);
  assert.equal(FIRST.exec(first.text())?.[1], origin);
  const door = await new Visitor(origin).ask('GET', '/me');
  assert.deepEqual([door.status, JSON.parse(door.body).code], [401, 'sign-in-required']);

  const issued = await run('ticket', 'issue', 'admin', '--data', data);
  const links = issued.out
    .trim()
    .split('\n')
    .map((link) => new URL(link).origin);
  assert.deepEqual(links, [origin, `http://localhost:${port}`], issued.err);
  const ordinary = await run('ticket', 'issue', 'alice', '--data', data);
  assert.equal(new URL(ordinary.out.trim()).origin, `http://localhost:${port}`);

  // Another installation that asks for the same port is told, and one that asks for none finds one of its own.
  const other = ['--port', String(await freePort()), '--data', folder(t)];
  const refused = await run('serve', ...other, '--console-port', String(own));
  assert.equal(refused.code, 1);
  assert.match(refused.err, new RegExp(`127\\.0\\.0\\.1:${own} is in use: .*--console-port`));
  const beside = start(t, ...other);
  await beside.until(/Stop with Ctrl-C/);
  const found = ADMINISTER.exec(beside.text())?.[1];
  assert.ok(found !== undefined && found !== origin, found);
  await beside.stop();
  assert.equal((await first.stop()).code, 0);
  await assert.rejects(new Visitor(origin).ask('GET', '/me'), { code: 'ECONNREFUSED' });

  // The port of the last start is taken again, so that what was noted down still leads there.
  const again = start(t, ...where);
  await again.until(/Stop with Ctrl-C/);
  assert.equal(ADMINISTER.exec(again.text())?.[1], origin);
  await again.stop();

  const without = start(t, ...where, '--no-console');
  await without.until(/Stop with Ctrl-C/);
  assert.doesNotMatch(without.text(), ADMINISTER);
  assert.equal(FIRST.exec(without.text())?.[1], `http://localhost:${port}`);
  await assert.rejects(new Visitor(origin).ask('GET', '/me'), { code: 'ECONNREFUSED' });
  await without.stop();
});

test('a file says itself where its console is, and no start has one and none', async (t) => {
  for (const more of [['--console-port', '9450'], ['--no-console']]) {
    const ran = await run('serve', '--config', 'sallyport.yml', ...more);
    assert.deepEqual([ran.code, /configuration file says itself/.test(ran.err)], [2, true], ran.err);
  }
  const both = await run('serve', '--data', folder(t), '--console-port', '9450', '--no-console');
  assert.deepEqual([both.code, both.err], [2, 'Give either --console-port or --no-console, not both.\n']);
  const odd = await run('serve', '--data', folder(t), '--console-port', '0');
  assert.deepEqual([odd.code, odd.err], [2, '--console-port must be a number from 1 to 65535.\n']);
});
