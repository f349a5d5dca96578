import assert from 'node:assert/strict';
import test from 'node:test';
import { rawSocket } from '../support/raw.ts';
import { startSallyport } from '../support/sallyport.ts';
import { assertShut, statusOf, until } from '../support/shut.ts';
import { ticks } from '../support/upstream.ts';

const DAY = 86_400_000;

for (const days of [1, -1]) {
  test(`the clock jumps ${days} day: every way in is shut, what is open is cut, and it opens when the clock is right`, async (t) => {
    const sally = await startSallyport();
    t.after(() => sally.close());
    sally.upstream.on('/events', ticks(20));
    const cookie = await sally.session('alice');
    const socket = await rawSocket(sally.port);
    t.after(() => socket.destroy());
    let closed = false;
    let bytes = 0;
    socket.on('data', (chunk) => {
      bytes += chunk.length;
    });
    socket.once('close', () => {
      closed = true;
    });
    socket.write(sally.request('GET', '/events', { cookie }));
    await until(() => bytes > 200);
    sally.clock.jump(days * DAY);
    await until(() => closed);
    await assertShut(sally, cookie);
    sally.clock.jump(-days * DAY);
    await sally.healthy();
    assert.equal(await statusOf(sally, cookie), 200, 'the session itself was not ended by a wrong clock');
  });
}
