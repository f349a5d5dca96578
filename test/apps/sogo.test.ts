import assert from 'node:assert/strict';
import { test } from 'node:test';
import { productTests } from './checks.ts';
import { get } from './client.ts';
import { sogo } from './products/sogo.ts';

productTests(sogo, (scene) => {
  test('the name that a web server has found out does not come from a browser', async () => {
    const { relay } = scene.guarded.first;
    const { length } = relay.requests;
    for (const name of ['X-WebObjects-Remote-User', 'x-webobjects-auth-type', 'X_WebObjects_Remote_User'])
      await scene.mine.ask(get(sogo.inside.target, [[name, sogo.other.name]]));
    for (const { head } of relay.requests.slice(length)) assert.doesNotMatch(head, /webobjects/i);
  });
});
