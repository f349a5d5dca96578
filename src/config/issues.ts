import type * as z from 'zod';
import { nearest } from '../lib/nearest.ts';
import { type Finding, type Path, valueAt } from './source.ts';

/** The part of zod's issues that is read here. */
interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
  readonly issues?: readonly Issue[];
  readonly errors?: readonly (readonly Issue[])[];
}

/** A fault of form; of a key that there is not, with the key that was probably meant. */
export interface FormFault extends Finding {
  readonly meant?: string | undefined;
}

/** More than are told (source.ts) need not be read either. */
const MOST = 200;
const KNOWN = 'Known are: ';

/** The sentence of a block for a key that there is not; `unknownKey` reads the list again. */
export function knownOptions(known: readonly string[]): string {
  return `There is no such option here. ${KNOWN}${known.join(', ')}.`;
}

/** What was meant is rather something that does not stand there yet. */
function unknownKey(path: Path, sentence: string, block: unknown): FormFault {
  const key = String(path.at(-1));
  const known = sentence.split(KNOWN)[1]?.replace(/\.$/, '').split(', ') ?? [];
  const missing = known.filter((each) => !Object.hasOwn(Object(block), each));
  const meant = nearest(key, missing);
  if (meant !== undefined) return { path, meant, message: `There is no such option here. Did you mean ${meant}?` };
  const there = nearest(key, known);
  return there === undefined
    ? { path, message: sentence }
    : { path, message: `There is no such option here. Did you mean ${there}? It stands here already: remove this.` };
}

/** Of an alternative: that values of this type are none. */
const OTHER_TYPE: ReadonlySet<string> = new Set(['invalid_type', 'invalid_value', 'invalid_union']);
/** Faults of a thing that has the right type: the writer meant it. */
const MEANT: ReadonlySet<string> = new Set(['unrecognized_keys', 'custom']);

/** Of alternatives the one that takes values of this type; of several the one that the writer seems to have meant. */
function branchOf(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const typed = branches.filter((issues) =>
    issues.every(({ code = '', path }) => path.length > 0 || !OTHER_TYPE.has(code)),
  );
  if (typed.length <= 1) return typed[0];
  return typed.find((issues) => issues.some(({ code = '', path }) => path.length > 0 || MEANT.has(code)));
}

/** One fault for each thing that is wrong: a key, a value. */
function* flatten(issue: Issue, root: unknown, base: Path): Generator<FormFault> {
  const path = [...base, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    const block = valueAt(root, path);
    for (const key of issue.keys ?? []) yield unknownKey([...path, key], issue.message, block);
  } else if (issue.code === 'invalid_key') {
    for (const inner of issue.issues ?? []) yield { path, message: inner.message };
  } else {
    const branch = issue.code === 'invalid_union' ? branchOf(issue.errors ?? []) : undefined;
    if (branch === undefined || valueAt(root, path) === undefined) yield { path, message: issue.message };
    else for (const inner of branch) yield* flatten(inner, root, path);
  }
}

/** What a schema says of a value, in sentences; no more than can be told. */
export function faultsOf(error: z.ZodError, root: unknown): FormFault[] {
  const faults: FormFault[] = [];
  for (const issue of error.issues as readonly Issue[])
    for (const fault of flatten(issue, root, [])) {
      faults.push(fault);
      if (faults.length >= MOST) return faults;
    }
  return faults;
}
