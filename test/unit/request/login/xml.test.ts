import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { PIECE, TURN_MS } from '../../../../src/lib/turns.ts';
import { LoginBodyRefused } from '../../../../src/request/login/refused.ts';
import type { BodyFault } from '../../../../src/request/login/types.ts';
import { parseXml, readXmlAhead, serialiseXml } from '../../../../src/request/login/xml.ts';
import { refused } from './refusals.ts';

const parse = (body: string) => parseXml(Buffer.from(body));

const REPLY = `<?xml version="1.0" encoding="UTF-8"?>
<config-auth client="vpn" type="auth-reply">
  <version who="vpn">v9.01</version>
  <auth><username>al&#105;ce &amp; <![CDATA[<b>]]></username></auth>
  <empty/>
</config-auth>`;

test('texts and attributes are read by path and written anew', () => {
  const document = parse(REPLY);
  const leaves = [
    { path: 'config-auth/@client', value: 'vpn' },
    { path: 'config-auth/@type', value: 'auth-reply' },
    { path: 'config-auth/version/@who', value: 'vpn' },
    { path: 'config-auth/version', value: 'v9.01' },
    { path: 'config-auth/auth/username', value: 'alice & <b>' },
    { path: 'config-auth/empty', value: '' },
  ];
  assert.deepEqual(document.leaves, leaves);
  const ours = serialiseXml(document);
  assert.equal(
    ours.toString(),
    '<?xml version="1.0" encoding="UTF-8"?>\n<config-auth client="vpn" type="auth-reply"><version who="vpn">v9.01</version>' +
      '<auth><username>alice &#38; &#60;b&#62;</username></auth><empty></empty></config-auth>',
  );
  assert.deepEqual(parseXml(ours).leaves, leaves);
});

test('an element that comes twice is known', () => {
  assert.deepEqual([...parse('<a><b><c/></b><b/><d/></a>').repeated], ['a/b']);
  assert.deepEqual([...parse('<a><b><c/></b><b><c/></b></a>').repeated], ['a/b', 'a/b/c']);
  assert.deepEqual([...parse('<a><b/><c><b/></c></a>').repeated], []);
});

test('XML that two readers read differently is refused', () => {
  const bodies: readonly (readonly [string | Buffer, BodyFault])[] = [
    ['<!DOCTYPE a [<!ENTITY x "alice">]><a>&x;</a>', 'malformed'],
    ['<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', 'malformed'],
    ['<a>&nbsp;</a>', 'malformed'],
    ['<?php x?><a/>', 'malformed'],
    ['<a><?x y?></a>', 'malformed'],
    ['<a>ali<!-- -->ce</a>', 'malformed'],
    ['<x:a xmlns:x="urn:x"/>', 'malformed'],
    ['<a xmlns:x="urn:x"/>', 'malformed'],
    ['<a>text<b/></a>', 'malformed'],
    ['<a b="1" b="2"/>', 'malformed'],
    ['<a><b></a></b>', 'malformed'],
    ['<a/><a/>', 'malformed'],
    ['<a/>x', 'malformed'],
    ['<a>\u0000</a>', 'malformed'],
    ['<a>&#0;</a>', 'malformed'],
    ['<a', 'malformed'],
    ['', 'malformed'],
    ['<?xml version="1.1"?><a/>', 'malformed'],
    ['<?xml version="1.0" encoding="ibm037"?><a/>', 'encoding'],
    ['<?xml version="1.0" encoding="iso-8859-1"?><a/>', 'encoding'],
    [Buffer.from('<a>al\xefce</a>', 'latin1'), 'encoding'],
    ['\ufeff<a/>', 'encoding'],
    [`${'<a>'.repeat(17)}${'</a>'.repeat(17)}`, 'malformed'],
    [`<a>${'<b/>'.repeat(500)}</a>`, 'malformed'],
    [`<a>${'x'.repeat(64 * 1024)}</a>`, 'too-large'],
  ];
  for (const [body, fault] of bodies) refused(() => parseXml(Buffer.from(body)), fault, String(body).slice(0, 80));
});

test('whatever is taken is read again as the same out of our bytes', () => {
  let taken = 0;
  const parts = fc.constantFrom(
    '<a>',
    '</a>',
    '<b c="d">',
    '</b>',
    '<a/>',
    'x',
    '&lt;',
    '&#13;',
    '\r\n',
    ' ',
    '"',
    "'",
    '>',
    '<![CDATA[',
    ']]>',
    'ä',
    "<c d='e&#9;'/>",
  );
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 12 }), (inner) => {
      let document: ReturnType<typeof parse>;
      try {
        document = parse(`<r>${inner.join('')}</r>`);
      } catch (error) {
        assert.ok(error instanceof LoginBodyRefused);
        return;
      }
      taken += 1;
      const again = parseXml(serialiseXml(document));
      assert.deepEqual(again, document);
    }),
    { numRuns: 5000, seed: 4 },
  );
  assert.ok(taken > 200, `only ${taken} bodies were taken`);
});

test('what is read ahead is read with turns for others in between, and is what it would have been', async (t) => {
  // Each look at the clock finds that a turn has lasted long enough, however quick this machine is.
  let clock = 0;
  t.mock.method(performance, 'now', () => (clock += TURN_MS));
  const texts = [
    `<a>${'&amp;é'.repeat(7000)}</a>`,
    `<a b="${"'&lt;".repeat(8000)}"/>`,
    `<a>${'<b>1</b>'.repeat(400)}</a>`,
  ];
  for (const text of texts) {
    const body = Buffer.from(text);
    const plain = parseXml(Buffer.from(text));
    let turns = 0;
    let stopped = false;
    const count = (): void => {
      turns += 1;
      if (!stopped) setImmediate(count);
    };
    setImmediate(count);
    await readXmlAhead(body);
    stopped = true;
    if (text.includes('&')) assert.ok(turns >= body.length / PIECE / 2, `${turns} turns of ${body.length} bytes`);
    assert.deepEqual(parseXml(body), plain);
    assert.equal(parseXml(body), parseXml(body));
  }
});

test('what is refused is refused the same when it was read ahead, each time', async () => {
  for (const text of ['', '<a>', '<!DOCTYPE a><a/>', `<a>${'<b/>'.repeat(501)}</a>`, `<a>${'x'.repeat(65_536)}</a>`]) {
    const body = Buffer.from(text);
    await readXmlAhead(body);
    let why: unknown;
    try {
      parseXml(Buffer.from(text));
    } catch (error) {
      why = error;
    }
    assert.ok(why instanceof Error);
    for (const _ of [1, 2]) assert.throws(() => parseXml(body), { message: why.message });
  }
});
