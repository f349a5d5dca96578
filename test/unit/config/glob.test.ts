import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { globPattern, namePattern, takesPart, valuePattern } from '../../../src/config/preset/glob.ts';

/** Every text that the braces stand for. */
function expanded(glob: string): string[] {
  const braces = /\{([^{}]*)\}/.exec(glob);
  if (braces === null) return [glob];
  const [whole, inner = ''] = braces;
  const rest = glob.slice(braces.index + whole.length);
  return inner.split(',').flatMap((one) => expanded(glob.slice(0, braces.index) + one + rest));
}

/** The meaning of a glob without braces, tried out step by step. */
function fits(glob: string, path: string, fresh = false): boolean {
  if (glob === '') return path === '';
  if (glob === '/**' && (path === '' || path.startsWith('/'))) return true;
  const tails = Array.from({ length: path.length + 1 }, (_, i) => i);
  if (fresh && glob.startsWith('**/') && fits(glob.slice(3), path, true)) return true;
  if (glob.startsWith('**')) return tails.some((i) => fits(glob.slice(2), path.slice(i)));
  if (glob.startsWith('*'))
    return tails.some((i) => !path.slice(0, i).includes('/') && fits(glob.slice(1), path.slice(i)));
  return path.startsWith(glob.slice(0, 1)) && fits(glob.slice(1), path.slice(1), glob.startsWith('/'));
}

const plain = fc.constantFrom('a', 'b', '/', '.', '+', '**', '*', '/**', '**/', '$', '(');
const braces = fc
  .array(
    fc.array(plain, { maxLength: 2 }).map((parts) => parts.join('')),
    { minLength: 1, maxLength: 3 },
  )
  .map((parts) => `{${parts.join(',')}}`);
const globs = fc
  .array(fc.oneof({ weight: 5, arbitrary: plain }, braces), { maxLength: 6 })
  .map((p) => `/${p.join('')}`);
const paths = fc
  .array(fc.constantFrom('a', 'b', '/', '.', '+', '$', '(', '\n'), { maxLength: 7 })
  .map((parts) => `/${parts.join('')}`);

test('a glob takes the paths that its meaning takes, and no other', () => {
  fc.assert(
    fc.property(globs, paths, (glob, path) => {
      // Three stars in a row mean nothing that anybody could say.
      fc.pre(!expanded(glob).some((each) => each.includes('***')));
      let compiled: ReturnType<typeof globPattern>;
      try {
        compiled = globPattern(glob);
      } catch (error) {
        assert.match(String(error), /brace|\*\* behind|some end with a slash/);
        return;
      }
      assert.equal(
        compiled.test(path),
        expanded(glob).some((each) => fits(each, path)),
        `${glob} on ${JSON.stringify(path)}: ${compiled.source}`,
      );
    }),
    { numRuns: 5000 },
  );
});

test('wildcards, as presets use them', () => {
  const rows: readonly [glob: string, yes: readonly string[], no: readonly string[]][] = [
    ['/a.php', ['/a.php'], ['/aXphp', '/a.php/', '/a.php\n', '/x/a.php', '/A.php']],
    ['/SOGo/dav/**', ['/SOGo/dav', '/SOGo/dav/', '/SOGo/dav/a/b'], ['/SOGo/davx', '/SOGo']],
    ['/app/**/j_security_check', ['/app/j_security_check', '/app/a/b/j_security_check'], ['/app/xj_security_check']],
    ['/{skins,plugins}/**', ['/skins/a', '/plugins'], ['/skinsx', '/other/a', '/{skins,plugins}/a']],
    ['/a/*.{js,css}', ['/a/x.js', '/a/.css'], ['/a/b/x.js', '/a/x.jss']],
    ['/cockpit+*/**', ['/cockpit+app/x', '/cockpit+'], ['/cockpit/x']],
    ['/owa/{*/,}**/*.css', ['/owa/a.css', '/owa/15.2/a.css', '/owa/15.2/x/a.css'], ['/owa/a.js', '/a.css']],
    ['/**', ['/', '/a/b'], []],
    ['**', ['/', '/a/b'], []],
  ];
  for (const [glob, yes, no] of rows) {
    for (const path of yes) assert.equal(globPattern(glob).test(path), true, `${glob} takes ${path}`);
    for (const path of no) assert.equal(globPattern(glob).test(path), false, `${glob} refuses ${JSON.stringify(path)}`);
  }
  assert.equal(globPattern('/OWA/Auth', { lower: true }).test('/owa/auth'), true);
});

test('globs that say nothing sure are refused', () => {
  for (const glob of [
    'a',
    '',
    '*',
    '/{a',
    '/{a,{b,c}}',
    '/{a/,b}**/c',
    '/a/{**,b}',
    '/{a}{b}',
    '/{a,b/}**',
    '/*{*,b}',
    '/{a,*}*',
    '/*{,a}*',
    `/${'a'.repeat(600)}`,
  ])
    assert.throws(() => globPattern(glob), SyntaxError, glob);
});

test('the name of a cookie is that name alone, a pattern is whole', () => {
  const takes = (name: string, cookie: string) => namePattern(name).test(cookie);
  assert.ok(takes('PHPSESSID', 'PHPSESSID'));
  assert.ok(takes('a.b', 'a.b'));
  assert.ok(takes('^DW[0-9a-f]{2}$', 'DW0f'));
  assert.ok(takes('^cadata.*', 'cadataKey'));
  assert.ok(takes('^lang|theme', 'theme'));
  const others: readonly (readonly [name: string, cookie: string])[] = [
    ['PHPSESSID', 'XPHPSESSID'],
    ['PHPSESSID', 'PHPSESSID2'],
    ['PHPSESSID', 'phpsessid'],
    ['a.b', 'axb'],
    ['^lang|theme', 'language'],
    ['^lang|theme', 'mytheme'],
    ['^lang|theme$', 'language'],
    ['^cost\\$', 'cost'],
    ['^a', 'a\n'],
  ];
  for (const [name, cookie] of others) assert.equal(takes(name, cookie), false, `${name} on ${JSON.stringify(cookie)}`);
  for (const name of ['SESS.*', 'a b', 'a[0]', '^(', '^a(?=b)', '^a)|(b$', ''])
    assert.throws(() => namePattern(name), SyntaxError, name);
});

test('a plain value in a document is meant whole, a pattern as it is written', () => {
  assert.ok(valuePattern('success').test('success'));
  assert.equal(valuePattern('success').test('no success'), false);
  assert.equal(valuePattern('true').test('untrue'), false);
  assert.ok(valuePattern('^Login failed').test('Login failed.'));
  assert.ok(valuePattern('.+').test('x'));
});

test('whether a pattern takes the name out of the text around it', () => {
  for (const source of ['a(b)', '(?P<name>b)', '(?<name>b)', '\\\\(b)', '[(](b)', '[^]](b)'])
    assert.ok(takesPart(source), source);
  for (const source of ['a', '\\(b\\)', '(?:b)', '[(]b', '[\\](]b', '\\Q(b)\\E', '(?i:b)'])
    assert.equal(takesPart(source), false, source);
});
