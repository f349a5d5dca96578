import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sallyport } from './sallyport.ts';

/** Settles when it holds; rejects after `ms`. */
export async function until(holds: () => boolean | Promise<boolean>, ms = 30_000): Promise<void> {
  const end = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('what was waited for did not happen');
    await sleep(25);
  }
}

export const statusOf = async (sally: Sallyport, cookie: string, target = '/'): Promise<number> =>
  (await sally.send('GET', target, { cookie })).status;

/** Every way in, refused while the store is broken; nothing reaches the app. */
export async function assertShut(sally: Sallyport, known: string): Promise<void> {
  sally.upstream.clear();
  for (const cookie of [known, '__Host-sallyport=unknown', 'a=b']) assert.equal(await statusOf(sally, cookie), 503);
  const page = await sally.send('GET', '/', { cookie: known, headers: [['Accept', 'text/html']] });
  assert.equal(page.status, 503);
  assert.doesNotMatch(page.body, /sqlite|postgres|ECONN|database|made to fail|stack/i);
  for (const target of ['/.sallyport/sign-in', '/.sallyport/session', '/.sallyport/account']) {
    assert.equal(await statusOf(sally, known, target), 503, target);
  }
  const form = { account: 'alice', password: 'eleven quiet lighthouses' };
  assert.equal((await sally.send('POST', '/.sallyport/sign-in', { json: form })).status, 503);
  const upgrade = [
    ['Upgrade', 'websocket'],
    ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
    ['Sec-WebSocket-Version', '13'],
    ['Connection', 'Upgrade'],
  ] as const;
  assert.equal((await sally.send('GET', '/ws', { cookie: known, origin: sally.origin, headers: upgrade })).status, 503);
  assert.equal((await sally.send('GET', '/.sallyport/health')).status, 503);
  sally.upstream.silent();
}
