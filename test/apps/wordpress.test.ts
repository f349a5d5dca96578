import assert from 'node:assert/strict';
import { test } from 'node:test';
import { productTests } from './checks.ts';
import { wordpress } from './products/wordpress.ts';

productTests(wordpress, (scene) => {
  test('a sign-in leads to no other site, whatever redirect_to asks for', async () => {
    for (const target of [
      'https://elsewhere.example/',
      '//elsewhere.example',
      '/\\elsewhere.example',
      'javascript:0',
    ]) {
      const visitor = scene.fresh();
      await visitor.signIn(wordpress.mine.name);
      const answer = await visitor.logIn(wordpress.mine, (ask) => {
        const fields = new URLSearchParams(String(ask.body));
        fields.set('redirect_to', target);
        return { ...ask, body: fields.toString() };
      });
      assert.equal(await visitor.who(), wordpress.mine.name, target);
      // Sallyport itself takes such a form for a sign-in; where it leads is for WordPress to say, and for us to map.
      assert.equal(new URL(answer.location ?? '', visitor.front.origin).origin, visitor.front.origin, target);
    }
  });
});
