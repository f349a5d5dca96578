import assert from 'node:assert/strict';
import test from 'node:test';
import { withSallyport } from '../support/sallyport.ts';
import { unsolicited } from '../support/upstream.ts';

const on = withSallyport();
const POISON = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\nSet-Cookie: evil=1\r\n\r\nPOISON';

for (const afterMs of [0, 1, 20]) {
  test(`an answer that nobody asked for, on a connection at rest for ${afterMs} ms, ends the connection and goes to nobody`, async () => {
    const { sally } = on;
    sally.upstream.on('/first', unsolicited('mine', POISON, afterMs));
    const [alice, bob] = [await sally.session('alice'), await sally.session('bob')];
    for (let round = 0; round < 10; round += 1) {
      sally.upstream.clear();
      const first = await sally.send('GET', '/first', { cookie: alice });
      assert.equal(first.body, 'mine');
      // While another's request is on its way on that connection, HTTP/1.1 has nothing to tell the two answers apart by.
      await sally.upstream.until(() => sally.upstream.requests[0]?.closed === true);
      const second = await sally.send('GET', '/second', { cookie: bob });
      assert.equal(second.status, 200);
      assert.equal(second.body, 'ok');
      assert.equal(second.header('set-cookie'), undefined);
      assert.notEqual(sally.upstream.requests[1]?.connection, sally.upstream.requests[0]?.connection);
    }
  });
}

test('of two answers in parallel each reaches who asked', async () => {
  const { sally } = on;
  sally.upstream.on('/first', unsolicited('mine', POISON, 0));
  const [alice, bob] = [await sally.session('alice'), await sally.session('bob')];
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      sally.send('GET', i % 2 === 0 ? '/first' : '/second', { cookie: i % 2 === 0 ? alice : bob }),
    ),
  );
  for (const [i, answer] of answers.entries()) assert.equal(answer.body, i % 2 === 0 ? 'mine' : 'ok');
});
