import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { configOf, folderFor, Receiver, senderOn, until, withAuthority } from '../support/receivers.ts';
import { sealAll, withLogKey, written } from '../support/sealed.ts';
import { eachStore } from '../support/stores.ts';

const KILLS = 6;

for (const kind of ['webhook', 'syslog'] as const) {
  eachStore(`a ${kind} that is killed and started again under load has every entry once, in order`, async (on) => {
    const { store, t } = on;
    const folder = await folderFor(t);
    await withAuthority(folder);
    await withLogKey(store);
    const receiver = new Receiver(kind, folder);
    await receiver.start();
    t.after(() => receiver.kill());
    await written(store, 50);
    await sealAll(store);
    const { sender, heard } = senderOn(store, configOf(receiver.place(folder)));
    sender.start();
    await until(() => receiver.indexes().length === 50);
    let count = 50;
    for (let n = 0; n < KILLS; n += 1) {
      await written(store, 150, count);
      count += 150;
      await sealAll(store);
      // While it takes what has just been sealed, each time at another moment.
      await sleep(37 * n);
      await receiver.kill();
      await written(store, 10, count);
      count += 10;
      await sealAll(store);
      await receiver.start();
    }
    await until(async () => (await store.log.receiver('siem'))?.position === count, 60_000);
    await sender.stop();
    assert.deepEqual(
      receiver.indexes(),
      Array.from({ length: count }, (_, i) => i),
    );
    assert.deepEqual(heard.failures, []);
  });
}
