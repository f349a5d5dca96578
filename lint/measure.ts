// How the house is built, in numbers: `npm run measure`, with --json for programs, --list to name each place.
import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { beginsTransaction } from './begins-transaction.ts';
import { findComparisons, programOf } from './find-comparisons.ts';

const LONGEST = 40;
const MOST_PARAMETERS = 4;
/** Head lines of messages that are gone through by index, outside of the room that reads them. */
const RAW_LOOP =
  /for \(let (\w+) = \d; \1 (?:\+ \d )?< (?:\w+\.)*(?:raw|rawHeaders|lines|headers)\.length; \1 \+= 2\)/g;

type Places = string[];
const places = {
  'functions over 40 lines': [] as Places,
  'functions with more than four parameters': [] as Places,
  'transactions outside the runner': [] as Places,
  'loops over raw header lines outside request/': [] as Places,
  'instanceof Promise': [] as Places,
  'comparisons with the name of a source': [] as Places,
};

const files = globSync('src/**/*.ts').sort();
let lines = 0;
for (const file of files) {
  const text = readFileSync(file, 'utf8');
  lines += text.split('\n').length - 1;
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const lineOf = (at: number): number => source.getLineAndCharacterOfPosition(at).line + 1;
  const find = (pattern: RegExp, into: Places): void => {
    for (const { index } of text.matchAll(pattern)) into.push(`${file}:${lineOf(index)}`);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const from = lineOf(node.getStart());
      const length = lineOf(node.end) - from + 1;
      if (length > LONGEST) places['functions over 40 lines'].push(`${file}:${from} (${length})`);
    }
    if (ts.isFunctionLike(node) && node.parameters.length > MOST_PARAMETERS)
      places['functions with more than four parameters'].push(`${file}:${lineOf(node.getStart())}`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  for (const index of beginsTransaction(file, text))
    places['transactions outside the runner'].push(`${file}:${lineOf(index)}`);
  if (!file.startsWith('src/request/') && !file.startsWith('src/demo/'))
    find(RAW_LOOP, places['loops over raw header lines outside request/']);
  find(/instanceof Promise\b/g, places['instanceof Promise']);
}
const outside = files.filter((file) => !file.startsWith('src/sources/'));
for (const { file, line } of findComparisons(programOf(outside), outside))
  places['comparisons with the name of a source'].push(`${file}:${line}`);

/** 0 when dependency-cruiser finds none; it says more itself (`npm run lint`). */
function cycles(): number {
  try {
    execFileSync('depcruise', ['src', '--config', '.dependency-cruiser.cjs', '--output-type', 'json'], {
      maxBuffer: 256 * 1024 * 1024,
    });
    return 0;
  } catch (error) {
    // A cast: what was printed is on the error of a program that ended badly.
    const { stdout } = error as { stdout?: Buffer };
    const found = JSON.parse(String(stdout)) as { summary: { violations: { rule: { name: string } }[] } };
    return found.summary.violations.filter(({ rule }) => rule.name === 'no-cycles').length;
  }
}

const measured: Readonly<Record<string, number>> = {
  files: files.length,
  lines,
  ...Object.fromEntries(Object.entries(places).map(([name, each]) => [name, each.length])),
  cycles: cycles(),
};
if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(measured, null, 2)}\n`);
else {
  for (const [name, count] of Object.entries(measured)) {
    process.stdout.write(`${String(count).padStart(7)}  ${name}\n`);
    const listed = process.argv.includes('--list')
      ? (Object.entries(places).find(([each]) => each === name)?.[1] ?? [])
      : [];
    for (const place of listed) process.stdout.write(`         ${place}\n`);
  }
}
