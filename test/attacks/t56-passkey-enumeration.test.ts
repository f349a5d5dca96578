import assert from 'node:assert/strict';
import test from 'node:test';
import { Keyholder } from '../support/keyholder.ts';
import type { ParsedAnswer } from '../support/raw.ts';
import { withSallyport } from '../support/sallyport.ts';

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
  const shapes = new Set<string>();
  for (const name of ['with-key', 'with-app', 'without', 'no-such-account']) {
    const stranger = new Keyholder(sally, name);
    const begun = await stranger.begin();
    const page = await stranger.send('GET', '/.sallyport/sign-in/passkey', { headers: [['Accept', 'text/html']] });
    const options = await stranger.post('/.sallyport/sign-in/passkey/options');
    assert.equal(options.status, 200, name);
    assert.match(options.body, /"allowCredentials":\[\]|^(?!.*allowCredentials)/, name);
    stranger.device = withKey.device.clone();
    const wrong = await stranger.say(stranger.answer(JSON.parse(options.body) as object, { badSignature: true }));
    assert.equal(wrong.status, 401, name);
    shapes.add([begun, page, options, wrong].map(shapeOf).join('\n---\n'));
  }
  assert.equal(shapes.size, 1, [...shapes].join('\n=====\n'));
});
