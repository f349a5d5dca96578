import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { isUnder, namesAt, respelled, SERVERS } from '../support/lenient-servers.ts';
import { withSallyport } from '../support/sallyport.ts';

const on = withSallyport(() => ({
  app: [
    '    rules:',
    '      - { path: /admin/**, groups: [ops] }',
    '      - { path: /administration/**, groups: [hr] }',
    '    target: { encoded_slash: true, empty_segments: true }',
  ],
}));

test('an error in one place of a path loosens nothing at another', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob');
  const targets = ['/admin/x', '/%2561dmin/x', '/%2561dmin/x%25', '/%2561dmin/x%25ff', '/%25%36%31dmin/%25E0%2580'];
  targets.push('/%25E1dmin', '/%C4%81dmin/x', '/ad%C2%ADmin/x', '/admin::$DATA', '/admin:x/y%25', '/%25u0061dmin/%25');
  targets.push('/ADMINI~1/x', '/admini~12/%25', '/ADA1B2~1', '/administration./%25', '/admin+/%25', '/admin%253Fx');
  for (const target of targets) {
    const { status } = await sally.send('GET', target, { cookie });
    assert.ok(status === 403 || status === 400, `${target}: ${status}`);
  }
  sally.upstream.silent();
  for (const target of ['/x%25', '/caf%C3%A9', '/Special:Page', '/it~1', '/50%25-off', '/c++/x'])
    assert.equal((await sally.send('GET', target, { cookie })).status, 200, target);
});

test('no spelling that any lenient server takes for a ruled path is forwarded', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob');
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('admin', 'administration').chain((name) => respelled([name])),
      async (path) => {
        const hit = SERVERS.find((one) =>
          ['admin', 'administration'].some((name) => isUnder(one, namesAt(one, path), [name])),
        );
        if (hit === undefined) return;
        const { status } = await sally.send('GET', path, { cookie });
        assert.ok(status === 403 || status === 400, `${path} (${hit.name}): ${status}`);
        refused += status === 403 ? 1 : 0;
      },
    ),
    { numRuns: 300, seed: 20261129 },
  );
  assert.ok(refused > 40, `${refused} were judged`);
  sally.upstream.silent();
});
