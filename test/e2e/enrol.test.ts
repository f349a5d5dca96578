import assert from 'node:assert/strict';
import test from 'node:test';
import { Person } from '../support/person.ts';
import { startSallyport } from '../support/sallyport.ts';

test('a person enrols by ticket, signs in, and only then does the app hear of her', async () => {
  const sally = await startSallyport();
  try {
    const alice = new Person(sally, 'alice');
    await alice.enrol();
    sally.upstream.silent();
    assert.equal(alice.recoveryCodes.length, 10);
    const page = await alice.send('GET', '/inbox');
    assert.equal(page.status, 200);
    assert.equal(sally.upstream.hits, 1);
    const again = alice.elsewhere();
    assert.equal((await again.send('GET', '/inbox')).status, 401);
    await again.signIn();
    assert.equal((await again.send('GET', '/inbox')).status, 200);
    assert.equal(sally.upstream.hits, 2);
  } finally {
    await sally.close();
  }
});
