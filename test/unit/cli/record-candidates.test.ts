import assert from 'node:assert/strict';
import test from 'node:test';
import { compilePattern } from '../../../src/lib/pattern.ts';
import { HeaderFields } from '../../../src/request/fields.ts';
import { candidates } from '../../../src/workbench/record/candidates.ts';
import type { Exchange } from '../../../src/workbench/record/recording.ts';

function page(html: string): Exchange {
  const headers = HeaderFields.of(['Content-Type', 'text/html']);
  const answer = { status: 200, reason: '', headers, body: Buffer.from(html) };
  return { method: 'GET', target: '/', page: null, type: 'form', fields: [], script: false, cookies: [], answer };
}

const entry = (icon: string, said: string): string =>
  `<li><a href="/x"><i class="icon icon-${icon}"></i> <span class="label">${said}</span></a></li>\n`;

test('a name in a menu whose entries are built alike is told by what stands before it alone', () => {
  const html = `<ul>${entry('gear', 'Settings')}${entry('person', 'alice')}${entry('door', 'Leave')}</ul>`;
  const [first] = candidates([page(html)], 'alice');
  assert.ok(first?.find !== undefined);
  assert.equal(compilePattern(first.find).capture(html), 'alice', first.find);
  assert.equal(compilePattern(first.find).capture(html.replace('alice', 'bob')), 'bob', first.find);
});
