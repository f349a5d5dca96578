import assert from 'node:assert/strict';
import test from 'node:test';
import { judge } from '../../../src/watch/canary/judge.ts';

const probe = { class: 'plain', method: 'GET', line: 'GET / HTTP/1.1', fields: [], body: '' } as const;

function kindOf(status: number, fronted: boolean): string {
  const text = `HTTP/1.1 ${status} Said\r\nContent-Length: 0\r\n\r\n`;
  const verdict = judge(probe, 'x', { text, ended: 'closed' }, { mark: 'm', isOthers: () => false, fronted });
  return 'kind' in verdict ? verdict.kind : 'to be found out';
}

test('a server in front that does not reach us, or is flooded, shows nothing: neither that we hold nor that an app answered', () => {
  for (const status of [429, 502, 503, 504])
    assert.deepEqual([kindOf(status, true), kindOf(status, false)], ['unclear', 'app'], String(status));
  for (const status of [200, 302, 401, 403, 500])
    assert.deepEqual([kindOf(status, true), kindOf(status, false)], ['to be found out', 'app'], String(status));
});
