import assert from 'node:assert/strict';
import test from 'node:test';
import { disableAccount } from '../../src/manage/accounts.ts';
import { Keyholder } from '../support/keyholder.ts';
import type { ParsedAnswer } from '../support/raw.ts';
import { startSallyport, withSallyport } from '../support/sallyport.ts';

const on = withSallyport(() => ({ host: 'portal.localhost', realm: 'app' }));

/** An answer with what is random in it taken out. */
function shapeOf(answer: ParsedAnswer): string {
  const hide = (text: string) => text.replace(/[A-Za-z0-9_-]{40,}/g, '*');
  const headers = answer.headers.filter(([name]) => !/^date$/i.test(name)).map((pair) => hide(pair.join(': ')));
  return [answer.status, ...headers, hide(answer.body)].join('\n');
}

test('where nothing is proven before the second step, it tells nobody who has a passkey', async () => {
  const { sally } = on;
  const withKey = new Keyholder(sally, 'with-key');
  await withKey.enrolKey();
  const withApp = new Keyholder(sally, 'with-app');
  await withApp.enrol();
  const without = new Keyholder(sally, 'without');
  await without.invited();
  const gone = new Keyholder(sally, 'gone');
  await gone.enrolKey();
  await disableAccount(sally.manage, 'gone');
  const shapes = new Set<string>();
  for (const name of ['with-key', 'with-app', 'without', 'gone', 'no-such-account']) {
    const stranger = new Keyholder(sally, name);
    const begun = await stranger.begin();
    const page = await stranger.send('GET', '/.sallyport/sign-in/passkey', { headers: [['Accept', 'text/html']] });
    const options = await stranger.post('/.sallyport/sign-in/passkey/options');
    assert.equal(options.status, 200, name);
    assert.match(options.body, /"allowCredentials":\[\]|^(?!.*allowCredentials)/, name);
    stranger.device = withKey.device.clone();
    const wrong = await stranger.say(stranger.answer(JSON.parse(options.body) as object, { badSignature: true }));
    assert.equal(wrong.status, 401, name);
    const form = { response: '{}' };
    const headers = [['Accept', 'text/html']] as const;
    const again = await stranger.send('POST', '/.sallyport/sign-in/passkey', { form, headers });
    assert.equal(again.status, 401, name);
    assert.match(again.header('content-type') ?? '', /^text\/html/);
    shapes.add([begun, page, options, wrong, again].map(shapeOf).join('\n---\n'));
    await stranger.forgiven();
  }
  assert.equal(shapes.size, 1, [...shapes].join('\n=====\n'));
});

test('without a name, whatever browser asks and whoever it knows, the options differ in nothing but the challenge', async () => {
  const { sally } = on;
  const known = new Keyholder(sally, 'known');
  await known.enrolKey();
  const begun = known.another();
  await begun.begin();
  const stranger = new Keyholder(sally, 'nobody');
  const shapes = new Set<string>();
  for (const browser of [known, begun, stranger])
    shapes.add(JSON.stringify({ ...(await browser.options({ start: 'yes' })), challenge: '*' }));
  assert.equal(shapes.size, 1, [...shapes].join('\n'));
  assert.doesNotMatch([...shapes][0] ?? '', new RegExp(known.device.credentialIds[0] ?? 'none'));
});

test('a passkey that is nobody’s, removed, disabled or another’s is refused as a wrong one is, and none is told from it', async (t) => {
  const sally = await startSallyport({ host: 'portal.localhost' });
  t.after(() => sally.close());
  const keys = new Map<string, Keyholder>();
  for (const name of ['wrong', 'removed', 'switched-off', 'disabled']) {
    const holder = new Keyholder(sally, name);
    await holder.enrolKey();
    keys.set(name, holder);
  }
  const store = sally.app.store.authenticators;
  const idOf = async (name: string) =>
    (await store.credentialById(keys.get(name)?.device.credentialIds[0] ?? ''))?.authenticatorId ?? '';
  await store.delete(await idOf('removed'));
  await store.disable(await idOf('switched-off'), sally.clock.now());
  await disableAccount(sally.manage, 'disabled');
  const unknown = new Keyholder(sally, 'unknown');
  unknown.created({ challenge: 'AAAA', rp: { id: 'portal.localhost' }, user: { id: 'AAAA' } });
  keys.set('unknown', unknown);
  const shapes = new Map<string, string>();
  const times = new Map<string, number[]>();
  for (let n = 0; n < 20; n += 1) {
    for (const [name, holder] of keys) {
      await holder.forgiven();
      const browser = holder.another();
      const options = await browser.options({ start: 'yes' });
      const response = browser.answer(options, { badSignature: name === 'wrong' });
      const start = performance.now();
      const answer = await browser.say(response, { start: 'yes' });
      times.set(name, [...(times.get(name) ?? []), performance.now() - start]);
      shapes.set(name, shapeOf(answer));
    }
  }
  assert.equal(new Set(shapes.values()).size, 1, JSON.stringify([...shapes]));
  const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
  const medians = [...times].map(([name, values]) => [name, median(values)] as const);
  t.diagnostic(medians.map(([name, ms]) => `${name}: ${ms.toFixed(2)} ms`).join(', '));
  sally.upstream.silent();
});
