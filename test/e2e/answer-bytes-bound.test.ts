import assert from 'node:assert/strict';
import test from 'node:test';
import { boundTests, SITES } from '../support/login-app-bound.ts';

/** Every octet beyond ASCII (RFC 9110 §5.5, obs-text), and a name as apps write it. */
const OCTETS = Array.from({ length: 128 }, (_, i) => String.fromCharCode(0x80 + i));
const RESUME = Buffer.from('attachment; filename="résumé 中文.pdf"').toString('latin1');
const LINES = [...OCTETS.map((octet, i) => `X-Octet-${i}: a${octet}b`), `Content-Disposition: ${RESUME}`];

boundTests((on) => {
  for (const site of ['portal', 'form', 'front', 'formfront'] as const)
    test(`${site}: the answer to a sign-in is given out octet for octet`, async () => {
      const bob = await on.signer('bob', site);
      const held = SITES[site].order === 'login-first';
      if (!held) await bob.signIn();
      on.app.noise = LINES;
      const answer = held ? await bob.release() : await bob.login();
      assert.ok(answer.status < 400, String(answer.status));
      for (const [i, octet] of OCTETS.entries()) assert.equal(answer.header(`X-Octet-${i}`), `a${octet}b`);
      assert.equal(answer.header('Content-Disposition'), RESUME);
    });
});
