import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test, { after, before } from 'node:test';
import type { Sallyport } from '../support/sallyport.ts';
import { Directory, organisationWith, startScim } from '../support/scim.ts';
import { CASES } from '../support/scim-cases.ts';

let sally: Sallyport;
let mine: Directory;
before(async () => {
  sally = await startScim();
  mine = (await organisationWith(sally)).directory;
});
after(() => sally.close());

for (const { name, section, holds } of CASES) test(`RFC ${section.split(',')[0]}: ${name}`, () => holds(mine));

test('RFC 7644 2: without a token that is known nothing is told, in the way of the RFC', async () => {
  const { status, body, answer } = await new Directory(sally, 'spt_unknown').ask('GET', '/Users');
  assert.deepEqual([status, body.status, answer.header('www-authenticate')], [401, '401', 'Bearer']);
});

test('the document lists every case with its section, and no other', () => {
  const text = readFileSync(new URL('../../docs/scim.md', import.meta.url), 'utf8');
  const [, list = ''] = text.split('## Cases');
  const rows = [...list.matchAll(/^\| (.+?) \| RFC (.+?) \| (.+?) \| (.+?) \|$/gm)].map((row) => row.slice(1, 5));
  const wanted = CASES.map(({ name, section, also }) => [name, section, also ?? '–', 'holds']);
  assert.deepEqual(rows, wanted);
});
