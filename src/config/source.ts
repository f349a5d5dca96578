import { nearest } from '../lib/nearest.ts';
import type { ConfigFault } from './types.ts';
import { YamlFile } from './yaml.ts';

/** A path into the file: keys and indices from the top. */
export type Path = readonly PropertyKey[];

/** A fault before it has a line. */
export interface Finding {
  readonly path: Path;
  readonly message: string;
  /** What it follows from besides: where that is at fault itself, this is not told. */
  readonly from?: readonly Path[];
}

/** The file as plain values, and where in it they stand. */
export interface Source {
  readonly value: unknown;
  /** The line of the deepest part of a path that exists, from 1; of the key where there is one. 0 when there is no file. */
  lineOf(path: Path): number;
}

/** More than this nobody reads at a time; what is wrong beyond is found when these are mended. */
const MOST_TOLD = 50;
const LONGEST_STEP = 64;
const LONGEST_PATH = 256;
const LONGEST_MESSAGE = 900;

function stepText(step: PropertyKey): string {
  const text = String(step);
  const cut = text.length > LONGEST_STEP ? `${text.slice(0, LONGEST_STEP)}…` : text;
  // Keys come from a file; a terminal is not steered by them, and a fault is one line.
  return cut.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
}

/** `apps.portal.rules[0].path`, as people read it: cut where it is very long. */
export function pathText(path: Path): string {
  const whole = path.reduce<string>(
    (text, step) =>
      typeof step === 'number' ? `${text}[${step}]` : text === '' ? stepText(step) : `${text}.${stepText(step)}`,
    '',
  );
  return whole.length > LONGEST_PATH ? `${whole.slice(0, LONGEST_PATH)}…` : whole;
}

const MOST_NAMES = 20;

/** Names in a sentence, no more than it can bear. */
export function someOf(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join(', ');
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown;
}

/** What was probably meant by a name that is none, or those that there are: the end of a fault's message. */
export function knownOf(name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  return meant === undefined ? `Known are: ${someOf(known) || 'none'}.` : `Did you mean ${meant}?`;
}

/** The value at a path of plain objects and lists; undefined where there is none. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = Reflect.get(value, step);
  }
  return value;
}

/** Findings with the lines that they stand in. */
export function located(source: Pick<Source, 'lineOf'>, findings: readonly Finding[]): ConfigFault[] {
  return findings.map(({ path, message }) => ({
    path: pathText(path),
    line: source.lineOf(path),
    message: message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)} ….` : message,
  }));
}

/** In the order of lines, and no more than people can read. */
export function byLine(faults: readonly ConfigFault[]): ConfigFault[] {
  const sorted = [...faults].sort((a, b) => a.line - b.line);
  const [beyond] = sorted.slice(MOST_TOLD);
  if (beyond === undefined) return sorted;
  const rest = {
    path: '',
    line: beyond.line,
    message: 'There is more from this line on. Mend what stands above first.',
  };
  return [...sorted.slice(0, MOST_TOLD), rest];
}

/** How a file is begun that holds nothing. */
function empty(remedy: string): ConfigFault {
  return { path: '', line: 1, message: `The file is empty.${remedy === '' ? '' : ` ${remedy}`}` };
}

/**
 * Parses the text of a YAML 1.2 file with one document. Every fault of form is reported with its line, up to the first
 * that leaves what follows it to guesses; with one, there is no source. `remedy`: what is said of an empty file besides.
 */
export function parseSource(text: string, remedy = ''): { source: Source | undefined; faults: ConfigFault[] } {
  const file = new YamlFile(text);
  const faults = file.faults.map(({ path, line, message }) => ({ path: pathText(path), line, message }));
  if (faults.length > 0) return { source: undefined, faults: byLine(faults) };
  const { value } = file;
  if (value === null || value === undefined) return { source: undefined, faults: [empty(remedy)] };
  return { source: { value, lineOf: (path) => file.lineOf(path) }, faults: [] };
}
