import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { fillName } from '../../../src/presets/fill.ts';

const fill = (page: string): string => fillName(page, 'u', 'al"i<ce');
const NAME = 'value="al&quot;i&lt;ce"';

test('the name is written beside the field, and nothing else is touched', () => {
  const pages: [string, string][] = [
    ['<INPUT Name="u">', `<INPUT Name="u" ${NAME}>`],
    ['<p><input type="text" name="u" class=a />x', `<p><input type="text" name="u" ${NAME} class=a />x`],
    ["<input name='u'value=''type=email>", `<input name='u'${NAME}type=email>`],
    ['<input name=u>', `<input name=u ${NAME}>`],
    ['<input\n name = u\n value = ""\n>', `<input\n name = u\n ${NAME}\n>`],
    ['<input value name="u">', `<input ${NAME} name="u">`],
    ['<input name="u"class="a">', `<input name="u" ${NAME} class="a">`],
    ['<!DOCTYPE html "it\'s"><input name="u">', `<!DOCTYPE html "it's"><input name="u" ${NAME}>`],
    ['<p title=it\'s><input name="u">', `<p title=it's><input name="u" ${NAME}>`],
    ['a < b "<input name="u">', `a < b "<input name="u" ${NAME}>`],
    [
      '<script><!-- "</p>" //--></script><input name="u">',
      `<script><!-- "</p>" //--></script><input name="u" ${NAME}>`,
    ],
    ['<!-- <input name="u"> --><input name="u">', `<!-- <input name="u"> --><input name="u" ${NAME}>`],
    [
      '<textarea><input name="u"></textareax></TEXTAREA ><input name="u">',
      `<textarea><input name="u"></textareax></TEXTAREA ><input name="u" ${NAME}>`,
    ],
    ['<p title="<input name=u>"><input name="u">', `<p title="<input name=u>"><input name="u" ${NAME}>`],
    ['<input name="u" placeholder=\'a value=""\'>', `<input name="u" ${NAME} placeholder='a value=""'>`],
  ];
  for (const [page, expected] of pages) assert.equal(fill(page), expected);
});

test('a page that is odd, or has no such field, stays as it is', () => {
  const pages = [
    '',
    '<input name="U">',
    '<input name="u" value="bob">',
    '<input name="u"><input name="u">',
    '<input name="u"><input name="u" type="hidden" value="x">',
    ...['password', 'hidden', 'submit', 'checkbox'].map((type) => `<input type=${type} name=u>`),
    '<input name="u" name="p">',
    '<input name="u" value="" value="">',
    '<input name=u/>',
    '<input name="u" a"b>',
    '<input name="u',
    '<input name="u"',
    '<input name="u"><!-- ',
    '<!--><input name="u">-->',
    '<!-- a --!><input name="u"> -->',
    '<script>"<input name=u>"</script>',
    '<script><!-- <script></script><input name="u"> --></script>',
    '<script><input name="u">',
    '<style><input name="u"></style>',
    '<title><input name="u"></title>',
    '<template><input name="u"></template>',
    '<noscript><input name="u"></noscript>',
    '<!-- <input name="u"> -->',
    '<p title="<input name=u>">',
    '<a href=\'<input name="u">\'>',
    '<?php <input name="u" ?>',
    '<inputx name="u">',
    '</input name="u">',
    '<plaintext><input name="u">',
    'name="u"',
    '<input na\u00a0me="u">',
    '<input\u00a0name="u">',
  ];
  for (const page of pages) assert.equal(fill(page), page);
});

const PARTS = [
  '<input',
  ' name="u"',
  " name='u'",
  ' name=u',
  '>',
  '/>',
  ' value=""',
  ' value',
  ' type=text',
  '"',
  "'",
  '<!--',
  '-->',
  '<script>',
];
PARTS.push(
  '</script>',
  '<p>',
  '<',
  '=',
  ' ',
  '\u00e9',
  '\u00a0',
  'x',
  '<textarea>',
  '</textarea>',
  '</',
  '<!',
  '<form action="',
  '/',
);

test('whatever the page, at most one value is written, and the rest stays byte for byte', () => {
  const tries = { changed: 0 };
  const some = fc.array(fc.constantFrom(...PARTS), { maxLength: 6 });
  fc.assert(
    fc.property(some, some, some, (head, within, tail) => {
      const page = `${head.join('')}<input name="u"${within.join('')}>${tail.join('')}`;
      const filled = fill(page);
      if (filled === page) return;
      tries.changed += 1;
      const at = filled.indexOf(NAME);
      assert.notEqual(at, -1);
      const [before, after] = [filled.slice(0, at), filled.slice(at + NAME.length)];
      // The page again, but for an empty value in its place, and blanks around it.
      const [start, end] = [before.replace(/ $/, ''), after.replace(/^ /, '')];
      assert.ok(page.startsWith(start) && page.endsWith(end), `${page}\n${filled}`);
      const was = page.slice(start.length, page.length - end.length);
      assert.match(was, /^ ?(?:value *(?:= *(?:""|'')?)?)? ?$/, `${page}\n${filled}`);
    }),
    { numRuns: 20_000, seed: 4 },
  );
  assert.ok(tries.changed > 1000, `${tries.changed} pages were filled`);
});

test('a long page of beginnings stays as it is', () => {
  const page = `${'<p a="'.repeat(20_000)}${'</'.repeat(50_000)}${'<script>'.repeat(10_000)}`;
  assert.equal(fill(page), page);
});
