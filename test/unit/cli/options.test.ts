import assert from 'node:assert/strict';
import test from 'node:test';
import type { Argument, Command, Option } from 'commander';
import { buildProgram } from '../../../src/cli/program.ts';
import { command } from '../../support/command.ts';
import { stand } from './stand.ts';

/** Every option that a command takes is used or refused: the tables are derived from the commands themselves. */

interface Leaf {
  readonly words: readonly string[];
  readonly args: readonly Argument[];
  readonly options: readonly Option[];
}

function leaves(of: Command, above: readonly string[] = []): Leaf[] {
  return of.commands.flatMap((each) => {
    const words = [...above, each.name()];
    const args = each.registeredArguments;
    return each.commands.length > 0 ? leaves(each, words) : [{ words, args, options: each.options }];
  });
}

const LEAVES = leaves(
  await buildProgram(() => Promise.reject(new Error('nothing is served here')), { line: () => {}, note: () => {} }),
);

/** What stands for each argument: of an installation with the account alice. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  name: ['alice'],
  account: ['alice'],
  id: ['0123456789abcdef012345'],
  file: ['/nonexistent.csv'],
  method: ['GET'],
  url: ['http://app.test/', 'http://nowhere.test/'],
  organisation: ['realm.staff'],
  role: ['auditor'],
};

/** A value that is right, by option; flags have none. */
const RIGHT: Readonly<Record<string, string>> = {
  '--realm': 'staff',
  '--app': 'portal',
  '--account': 'alice',
  '--kind': 'account.add',
  '--lines': '5',
  '--unused': '1d',
  '--ttl': '1h',
  '--as': 'lisa',
  '--email': 'a@x.test',
  '--group': 'ops',
  '--groups': 'ops',
  '--add-group': 'dev',
  '--remove-group': 'web',
  '--organisation': 'realm.staff',
  '--contact': 'reception',
  '--name': 'Surgery',
  '--role': 'auditor',
  '--require': 'passkey',
  '--idle': '5m',
  '--absolute': '1h',
  '--apps': 'portal',
  '--networks': '192.0.2.0/24',
  '--allow': 'account.list',
  '--from': '/nonexistent.csv',
  '--out': '/nonexistent/links.csv',
  '--file': '/nonexistent/logo.png',
  '--only': 'gone',
  '--column': 'login',
  '--to': '2026-08-02',
  '--at': '2026-08-02',
  '--format': 'csv',
  '--output': '/nonexistent/evidence.zip',
  '--checkpoint': '/nonexistent.txt',
  '--since': '2026-08-02',
  '--ours': '/nonexistent.log',
  '--tolerance': '5',
  '--model': 'ee882879-721c-4913-9775-3dfcce97072a',
  '--reason': 'asked for',
};

/** Where an option of one command means something else. */
const RIGHT_OF: Readonly<Record<string, string>> = {
  'evidence export --from': '2026-08-02',
  'coverage --class': 'protected',
  'coverage --from': '2026-08-01',
  'canary run --class': 'plain',
};

/** Options whose value names something that there must be. */
const NAMING: ReadonlySet<string> = new Set(['--realm', '--app', '--account', '--kind', '--organisation']);
const APART: ReadonlySet<string> = new Set(['--config', '--data', '--follow']);

const given = ({ words }: Leaf, option: Option): string[] => {
  const long = String(option.long);
  if (option.isBoolean() || option.negate) return [long];
  const right = RIGHT_OF[`${words.join(' ')} ${long}`] ?? RIGHT[long];
  assert.ok(right, `a right value of ${long} is missing in the table of this test`);
  return [long, right];
};

/** Every choice of at most `most` of them. */
function choices<T>(of: readonly T[], most: number): T[][] {
  const [first, ...rest] = of;
  if (first === undefined || most === 0) return [[]];
  return [...choices(rest, most), ...choices(rest, most - 1).map((choice) => [first, ...choice])];
}

const argumentsOf = (leaf: Leaf): string[][] =>
  leaf.args.reduce<string[][]>(
    (lines, arg) => [
      ...(arg.required ? [] : lines),
      ...lines.flatMap((line) => (ARGUMENTS[arg.name()] ?? []).map((value) => [...line, value])),
    ],
    [[]],
  );

/** `preset` names accounts of an app that is tried, not ours. */
const OURS = LEAVES.filter(({ words }) => words[0] !== 'preset' && words[0] !== 'serve');

/** Every line with one name that is none, beside any two other options with right values. */
function* misnamed(): Generator<string[]> {
  for (const leaf of OURS)
    for (const option of leaf.options.filter(({ long }) => NAMING.has(String(long)))) {
      const others = leaf.options.filter(({ long }) => long !== option.long && !APART.has(String(long)));
      for (const beside of choices(others, 2))
        for (const args of argumentsOf(leaf))
          yield [
            ...leaf.words,
            ...args,
            String(option.long),
            'nosuch',
            ...beside.flatMap((other) => given(leaf, other)),
          ];
    }
}

test('a name that is none is refused by every command that takes it, whatever else it is given', async (t) => {
  const { run, json } = stand(t);
  await run('account', 'add', 'alice');
  const before = await json('audit', 'tail');
  let tried = 0;
  for (const line of misnamed()) {
    const ran = await run(...line);
    tried += 1;
    assert.notEqual(ran.code, 0, `${line.join(' ')} took a name that is none: ${ran.out}${ran.err}`);
    assert.equal(ran.out, '', line.join(' '));
  }
  assert.ok(tried > 100, `only ${tried} lines`);
  // Commands that seal make the key of the log where no server has been.
  const after = (await json('audit', 'tail')) as { readonly kind?: string }[];
  assert.deepEqual(
    after.filter(({ kind }) => kind !== 'log.key'),
    before,
    'nothing was changed',
  );
});

test('an option with one value is refused when it is given twice, and one beside its opposite', async () => {
  let tried = 0;
  for (const { words, args, options } of LEAVES)
    for (const option of options) {
      if (option.isBoolean() || option.variadic || option.parseArg !== undefined) continue;
      const long = String(option.long);
      const opposite = options.find((each) => each !== option && each.attributeName() === option.attributeName());
      // A flag that takes away what is there without being asked for.
      if (option.negate && opposite === undefined) continue;
      const twice = option.negate ? [[long, String(opposite?.long), 'x']] : [[long, 'x', long, 'y']];
      for (const line of twice) {
        const ran = await command(...words, ...args.map(() => 'x'), ...line);
        tried += 1;
        assert.equal(ran.code, 2, `${words.join(' ')} ${line.join(' ')}: ${ran.err}`);
        assert.match(ran.err, /^(?:--\S+ is given twice: give it once\.|Give either --\S+ or --\S+, not both\.)\n$/);
      }
    }
  assert.ok(tried > 50, `only ${tried} lines`);
});

test('what is unknown is told with what there is, and with what was probably meant', async (t) => {
  const { run } = stand(t);
  await run('account', 'add', 'alice');
  for (const [code, pattern, ...argv] of [
    [
      2,
      /^There is no realm "stuff"\. Did you mean staff\? There are: staff\.\n$/,
      'session',
      'list',
      '--realm',
      'stuff',
    ],
    [2, /^--realm says which account is meant, beside --account/, 'session', 'revoke', '--all', '--realm', 'staff'],
    [2, /^--realm says which account is meant, beside --account/, 'session', 'revoke', 'an-id', '--realm', 'staff'],
    [2, /^There is no app "nope"; there are: portal\.\n$/, 'session', 'revoke', '--app', 'nope'],
    [2, /^There is no app "portl"\. Did you mean portal\?/, 'session', 'list', '--app', 'portl'],
    [
      2,
      /^There is no kind of entry "acount\.add"\. Did you mean account\.add\?/,
      'audit',
      'tail',
      '--kind',
      'acount.add',
    ],
    [1, /^There is no account "bob", and no entry has that as the id/, 'audit', 'tail', '--account', 'bob'],
    [2, /^--realm says which account is meant/, 'audit', 'tail', '--realm', 'staff'],
    [2, /^Give either --yaml or --json/, 'preset', 'show', 'dokuwiki', '--yaml', '--json'],
    [2, /^Give either --email or --no-email/, 'account', 'set', 'alice', '--email', 'a@x.test', '--no-email'],
  ] as const) {
    const ran = argv[0] === 'preset' ? await command(...argv) : await run(...argv);
    assert.match(ran.err, pattern, argv.join(' '));
    assert.equal(ran.code, code, argv.join(' '));
  }
});

test('an empty answer to a filter is not told as if nothing were there, and who was removed is found by id', async (t) => {
  const { run, json } = stand(t);
  await run('account', 'add', 'alice');
  const [{ id } = { id: '' }] = await json<{ id: string }[]>('account', 'list');
  assert.equal((await run('session', 'list', '--app', 'portal')).out, 'No session is like that.\n');
  assert.equal((await run('audit', 'tail', '--kind', 'key.rotate')).out, 'No entry matches.\n');
  await run('account', 'remove', 'alice');
  assert.equal((await json<unknown[]>('audit', 'tail', '--account', id)).length, 2);
  assert.equal((await run('audit', 'tail', '--account', id, '--kind', 'key.rotate')).out, 'No entry matches.\n');
});

test('what an account name may be is told where one is refused, and a file that is not there is not to be mended', async (t) => {
  const { run } = stand(t);
  for (const name of ['al ice', 'Ünal', 'a/b'])
    assert.match(
      (await run('account', 'add', name)).err,
      /is not an account name of realm staff: a to z, digits and \. _ \+ @ - are allowed.*"unicode: true" at the realm/,
    );
  const absent = await command('check', '--config', '/nonexistent/nope.yml');
  assert.equal(absent.code, 1);
  assert.match(absent.out, /There is no file \/nonexistent\/nope\.yml/);
  assert.doesNotMatch(absent.err, /mend it/);
  assert.match(absent.err, /could not be read/);
});
