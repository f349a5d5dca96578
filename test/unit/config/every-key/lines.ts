import type { Value } from './whole.ts';

export type Path = readonly (string | number)[];

/** A line of a file, and what stands in it: one key, or an item of a list. */
export interface Line {
  readonly text: string;
  readonly path: Path;
}

function isPlain(value: Value): boolean {
  if (typeof value !== 'object' || value === null) return true;
  const items: readonly Value[] = Object.values(value);
  return (
    items.length === 0 || (Array.isArray(value) && items.every((item) => typeof item !== 'object' || item === null))
  );
}

const WORD = /^[A-Za-z_][\w-]*$/;
const keyed = (key: string): string => (WORD.test(key) ? key : JSON.stringify(key));

/** A map or list as lines of block YAML, each key in a line of its own, so that every line number is known here. */
export function linesOf(value: Value, at: Path = [], indent = 0): readonly Line[] {
  const blanks = ' '.repeat(indent);
  if (Array.isArray(value))
    return (value as readonly Value[]).flatMap((item, i) => {
      const path = [...at, i];
      if (isPlain(item)) return [{ text: `${blanks}- ${JSON.stringify(item)}`, path }];
      const [first, ...others] = linesOf(item, path, indent + 2);
      if (first === undefined) throw new TypeError('a list of empty blocks');
      return [{ text: `${blanks}- ${first.text.trimStart()}`, path: first.path }, ...others];
    });
  return Object.entries(value as Readonly<Record<string, Value>>).flatMap(([key, inner]) => {
    const path = [...at, key];
    const head = `${blanks}${keyed(key)}:`;
    if (isPlain(inner)) return [{ text: `${head} ${JSON.stringify(inner)}`, path }];
    return [{ text: head, path }, ...linesOf(inner, path, indent + 2)];
  });
}

export function textOf(lines: readonly Line[]): string {
  return `${lines.map(({ text }) => text).join('\n')}\n`;
}

export function starts(path: Path, prefix: Path): boolean {
  return prefix.every((step, i) => path[i] === step);
}

/** Where a path begins and how many lines it has: an item in the line of its first key, or in that of its list. */
export function extent(lines: readonly Line[], path: Path): { from: number; count: number } {
  const from = lines.findIndex((line) => starts(line.path, path));
  if (from < 0 && path.length > 0) return { from: extent(lines, path.slice(0, -1)).from, count: 0 };
  const count = lines.filter((line) => starts(line.path, path)).length;
  return { from, count };
}

/** The same value with another at a path; undefined takes it away. */
export function put(value: Value, path: Path, other: Value | undefined): Value {
  const [step, ...rest] = path;
  if (step === undefined) return other ?? null;
  const copy = structuredClone(value) as Record<string | number, Value>;
  if (rest.length > 0) copy[step] = put(copy[step] ?? null, rest, other);
  else if (other !== undefined) copy[step] = other;
  else if (Array.isArray(copy)) copy.splice(Number(step), 1);
  else delete copy[step];
  return copy as Value;
}

/** The same value with a key that is called otherwise, in its old place. */
export function renamed(value: Value, path: Path, name: string): Value {
  const [step, ...rest] = path;
  if (typeof value !== 'object' || value === null || step === undefined) throw new TypeError('no such path');
  if (Array.isArray(value)) return value.map((item: Value, i) => (i === step ? renamed(item, rest, name) : item));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key !== step) return [key, inner as Value];
      return rest.length === 0 ? [name, inner as Value] : [key, renamed(inner as Value, rest, name)];
    }),
  );
}

/** `apps.portal.rules[0].path`. */
export function said(path: Path): string {
  return path.map((step, i) => (typeof step === 'number' ? `[${step}]` : `${i === 0 ? '' : '.'}${step}`)).join('');
}
