import { type Place, takes } from './keys.ts';
import { extent, type Line, linesOf, put, renamed, said, starts, textOf } from './lines.ts';
import type { Value } from './whole.ts';

/** A mistake in a file that was whole, and the one fault that it is; undefined where none is expected. */
export interface Mistake {
  readonly what: string;
  readonly form: string;
  readonly text: string;
  readonly fault: { readonly path: string; readonly line: number; readonly says: RegExp } | undefined;
}

/** A word that is in no file: no sentence may repeat what stands in a file. */
export const SECRET = 'hunter2 secret';
const WRONG: readonly (readonly [name: string, value: Value])[] = [
  ['a number', 7],
  ['a text', SECRET],
  ['a list', [SECRET, {}]],
  ['a map', { [SECRET]: 1 }],
  ['null', null],
  ['true', true],
];

function lineAt(lines: readonly Line[], place: Pick<Place, 'path'>): number {
  return extent(lines, place.path).from + 1;
}

/** Where a fault of something missing is told: at the block that it should stand in, or at the top. */
function parentLine(lines: readonly Line[], { path }: Place): number {
  const parent = path.slice(0, -1);
  return parent.length === 0 ? 1 : extent(lines, parent).from + 1;
}

export function* deletions(value: Value, places: readonly Place[]): Generator<Mistake> {
  for (const place of places) {
    if (place.option === undefined) continue;
    const rest = put(value, place.path, undefined);
    const siblings = Object.keys(Object(placeOf(rest, place.path.slice(0, -1))));
    if (siblings.length === 0) continue;
    const lines = linesOf(rest);
    yield {
      what: `${said(place.path)} taken away`,
      form: place.form,
      text: textOf(lines),
      fault: place.option.required
        ? { path: said(place.path), line: parentLine(lines, place), says: /^Required[.:] / }
        : undefined,
    };
  }
}

function placeOf(value: Value, path: Place['path']): Value | undefined {
  return path.reduce<Value | undefined>((at, step) => Reflect.get(Object(at), step) as Value | undefined, value);
}

/** What fingers make of a word: one slip of each kind, at a place that differs from word to word. */
function slips(word: string): readonly string[] {
  const i = (word.length * 7 + word.charCodeAt(0)) % word.length;
  const j = i % Math.max(word.length - 1, 1);
  return [
    word.slice(0, i) + word.slice(i + 1),
    word.slice(0, i + 1) + word.slice(i),
    word.slice(0, j) + word.charAt(j + 1) + word.charAt(j) + word.slice(j + 2),
    i % 2 === 0 ? word.toUpperCase() : word.slice(0, 1).toUpperCase() + word.slice(1),
    i % 2 === 0 ? word.replaceAll('_', '-') : word.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
  ];
}

export function* misspellings(value: Value, places: readonly Place[]): Generator<Mistake> {
  for (const { path, form, option } of places) {
    if (option === undefined) continue;
    const name = String(path.at(-1));
    for (const slip of new Set(slips(name))) {
      if (option.known.includes(slip) || slip === '') continue;
      const wrong = [...path.slice(0, -1), slip];
      const lines = linesOf(renamed(value, path, slip));
      const line = lineAt(lines, { path: wrong });
      const says = /^There is no such option here\. Did you mean (\w+)\?$/;
      yield { what: `${said(path)} as ${slip}`, form, text: textOf(lines), fault: { path: said(wrong), line, says } };
    }
  }
}

export function* wrongTypes(value: Value, places: readonly Place[]): Generator<Mistake> {
  for (const { path, form, schema: of } of places) {
    for (const [name, wrong] of WRONG) {
      if (takes(of, wrong)) continue;
      const lines = linesOf(put(value, path, wrong));
      const line = lineAt(lines, { path });
      const fault = { path: said(path), line, says: /^(?!Required)\S/ };
      yield { what: `${said(path)} with ${name}`, form, text: textOf(lines), fault };
    }
  }
}

/** Values of the right type that are none: nothing is expected but that what is told is told well. */
export function* oddValues(value: Value, places: readonly Place[]): Generator<Omit<Mistake, 'fault'>> {
  for (const { path, form, schema: of } of places) {
    for (const [name, wrong] of [
      ...WRONG,
      ['an empty list', []],
      ['an empty map', {}],
      ['an endless text', 'x'.repeat(5000)],
      ['-1', -1],
      ['1.5', 1.5],
    ] as const) {
      if (!takes(of, wrong)) continue;
      yield { what: `${said(path)} with ${name}`, form, text: textOf(linesOf(put(value, path, wrong))) };
    }
  }
}

export function* doubles(value: Value, places: readonly Place[]): Generator<Mistake> {
  const lines = linesOf(value);
  for (const { path, form } of places) {
    if (typeof path.at(-1) === 'number') continue;
    const { from, count } = extent(lines, path);
    if (from < 0) continue;
    const first = lines[from];
    // Where it is the first of an item, the second may not begin another.
    const begins =
      typeof path.at(-2) === 'number' && lines.findIndex(({ path: at }) => starts(at, path.slice(0, -1))) === from;
    const again = lines
      .slice(from, from + count)
      .map((each, i) => (begins && i === 0 ? { ...each, text: each.text.replace(/^( *)- /, '$1  ') } : each));
    const text = textOf([...lines.slice(0, from + count), ...again, ...lines.slice(from + count)]);
    if (first === undefined || !text.includes(first.text)) continue;
    const fault = { path: said(path), line: from + count + 1, says: /twice/ };
    yield { what: `${said(path)} twice`, form, text, fault };
  }
}

export function* tabs(value: Value, places: readonly Place[]): Generator<Mistake> {
  const lines = linesOf(value);
  for (const { path, form } of places) {
    const { from } = extent(lines, path);
    const line = lines[from];
    if (line === undefined || !line.text.startsWith(' ')) continue;
    const tabbed = line.text.replace(/^ +/, (blanks) => '\t'.repeat(blanks.length / 2));
    const text = textOf(lines.with(from, { ...line, text: tabbed }));
    yield { what: `a tab before ${said(path)}`, form, text, fault: { path: '', line: from + 1, says: /tab/ } };
  }
}
