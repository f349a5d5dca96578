import assert from 'node:assert/strict';
import test from 'node:test';
import { withSallyport } from '../support/sallyport.ts';
import { answer } from '../support/upstream.ts';

const on = withSallyport();

test('schemes that sign in the connection are stripped both ways: nobody is served as the one before him', async () => {
  const { sally } = on;
  const signedIn = new Map<number, string>();
  const arrived: string[] = [];
  sally.upstream.on('/ntlm', (socket, request) => {
    const authorization = request.all('authorization')[0] ?? '';
    if (authorization !== '') arrived.push(authorization);
    if (/^NTLM/i.test(authorization)) signedIn.set(request.connection, 'alice');
    const who = signedIn.get(request.connection);
    if (who === undefined)
      answer('who?', '401 Unauthorized', [
        'WWW-Authenticate: NTLM',
        'WWW-Authenticate: Negotiate, Basic realm="app"',
        'www-authenticate: negotiate YII=',
      ])(socket, request);
    else answer(`hello ${who}`)(socket, request);
  });
  const [alice, bob] = [await sally.session('alice'), await sally.session('bob')];
  for (const value of ['NTLM TlRMTVNTUAABAAAA', 'Negotiate YIIC', 'negotiate YIIC', ' NTLM x', 'NTLM', 'Kerberos x']) {
    const mine = await sally.send('GET', '/ntlm', { cookie: alice, headers: [['Authorization', value]] });
    const his = await sally.send('GET', '/ntlm', { cookie: bob });
    for (const got of [mine, his]) {
      assert.equal(got.status, 401, value);
      assert.deepEqual(got.all('www-authenticate'), ['Basic realm="app"']);
    }
  }
  assert.deepEqual(arrived, []);
});
