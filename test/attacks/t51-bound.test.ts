import assert from 'node:assert/strict';
import test from 'node:test';
import { boundTests, SITES } from '../support/login-app-bound.ts';
import type { Signer } from '../support/signer.ts';

async function signedIn(who: Signer): Promise<Signer> {
  if (who.host.includes('front')) await who.release();
  else await who.arrive();
  return who;
}

boundTests((on) => {
  for (const site of ['portal', 'front', 'form', 'formfront']) {
    test(`${site}: no connection to the app is ever signed in, and no challenge for one is shown`, async () => {
      const alice = await signedIn(await on.signer('alice', site));
      const bob = await signedIn(await on.signer('bob', site));
      on.app.ntlm = true;
      for (const value of [
        'NTLM type1',
        'NTLM type3:alice',
        'ntlm type3:alice',
        'Negotiate type3:alice',
        ' NTLM type3:alice',
        'NTLM type3:alice, Basic eDp4',
      ]) {
        const hers = await alice.send('GET', '/account', { headers: [['Authorization', value]] });
        for (const got of [
          hers,
          await bob.send('GET', '/account'),
          await bob.send('GET', '/account', { headers: [['Authorization', value]] }),
        ])
          for (const line of got.all('www-authenticate')) assert.doesNotMatch(line, /ntlm|negotiate/i, value);
      }
      // The login page too asks for a connection that is signed in.
      const visitor = on.stranger('carol', site.includes('front') ? site : 'front');
      const page = await visitor.send('GET', '/login', { headers: [['Authorization', 'NTLM type3:alice']] });
      assert.deepEqual([page.status, page.all('www-authenticate')], [401, []]);
      assert.ok(on.app.upstream.hits > 0);
      assert.equal(on.app.people.sockets.size, 0);
      for (const { head } of on.app.upstream.requests) assert.doesNotMatch(head, /type[13]/);
    });
  }
}, SITES);
