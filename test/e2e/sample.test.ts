import assert from 'node:assert/strict';
import test from 'node:test';
import { folder, freePort, run, startWhole } from '../support/process.ts';
import { until } from '../support/shut.ts';

interface Organisation {
  readonly organisation: string;
  readonly accounts: number;
}
interface Account {
  readonly account: string;
  readonly authenticators: number;
  readonly disabled: string | null;
  readonly roles: readonly string[];
}

async function json<T>(...argv: readonly string[]): Promise<T> {
  const ran = await run(...argv, '--json');
  assert.equal(ran.code, 0, ran.err);
  return JSON.parse(ran.out) as T;
}

test('the demonstration has three organisations, whose people came in as anybody does, once', async (t) => {
  const data = folder(t);
  const port = ['--port', String(await freePort()), '--data', data];
  const first = startWhole(t, ...port);
  await first.until(/Stop with Ctrl-C/);
  const organisations = () => json<Organisation[]>('organisation', 'list', '--data', data);
  const whole = async () => (await organisations()).filter(({ accounts }) => accounts === 12).length === 3;
  await until(whole, 120_000);
  await until(
    async () =>
      (await json<Account[]>('account', 'list', '--data', data)).filter(({ disabled }) => disabled !== null).length ===
      3,
  );
  const people = await json<Account[]>('account', 'list', '--organisation', 'Oakfield Surgery', '--data', data);
  assert.equal(people.filter(({ authenticators }) => authenticators === 1).length, 5);
  assert.equal(people.filter(({ roles }) => roles.length === 1).length, 1);
  assert.equal((await json<unknown[]>('session', 'list', '--data', data)).length, 15);
  // Three each, and those that were printed.
  assert.equal((await json<unknown[]>('ticket', 'list', '--data', data)).length, 9 + 3);
  await first.stop();
  const again = startWhole(t, ...port);
  await again.until(/Stop with Ctrl-C/);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  assert.equal((await json<unknown[]>('account', 'list', '--data', data)).length, 39);
  assert.equal((await again.stop()).code, 0);
});
