import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FileUnread, readText } from '../../lib/files.ts';
import { type Path, parseSource, pathText, type Source } from '../source.ts';
import type { ConfigFault } from '../types.ts';
import { presetSchema, type WrittenPreset } from './schema.ts';

const FOLDER = fileURLToPath(new URL('../../../config/presets/', import.meta.url));
const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;
const MAX_FILE = 256 * 1024;

/** A preset file, read. */
export interface PresetFile {
  /** As an operator finds it. */
  readonly file: string;
  readonly text: string;
  readonly preset: WrittenPreset;
  readonly lineOf: (path: Path) => number;
}

export type Loaded = PresetFile | { readonly faults: readonly ConfigFault[]; readonly file: string };

interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
  readonly errors?: readonly (readonly Issue[])[];
}

function at(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) => (typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined),
    root,
  );
}

/** Faults of a thing that has the right type: the writer meant it. */
const MEANT: ReadonlySet<string> = new Set(['unrecognized_keys', 'custom']);

/** One fault for each thing that is wrong; of alternatives the one that the writer seems to have meant. */
function flatten(issue: Issue, root: unknown, base: Path): { path: Path; message: string }[] {
  const path = [...base, ...issue.path];
  if (issue.code === 'unrecognized_keys')
    return (issue.keys ?? []).map((key) => ({ path: [...path, key], message: issue.message }));
  if (issue.code !== 'invalid_union' || issue.errors === undefined) return [{ path, message: issue.message }];
  const value = at(root, path);
  // Where a thing or a list of it is possible: the list's faults for a list, the thing's for anything else.
  const branch = Array.isArray(value)
    ? issue.errors.at(-1)
    : issue.errors.find((each) => each.some((one) => one.path.length > 0 || MEANT.has(one.code ?? '')));
  if (branch === undefined || branch.length === 0) return [{ path, message: issue.message }];
  return branch.flatMap((inner) => flatten(inner, root, path));
}

function faultsOf(source: Source, issues: readonly Issue[]): ConfigFault[] {
  return issues
    .flatMap((issue) => flatten(issue, source.value, []))
    .map(({ path, message }) => ({ path: pathText(path), line: source.lineOf(path), message }));
}

function textOf(file: string): string | ConfigFault {
  try {
    return readText(file, { most: MAX_FILE });
  } catch (error) {
    if (!(error instanceof FileUnread)) throw error;
    return { path: '', line: 0, message: error.reason === 'absent' ? 'There is no such file.' : error.message };
  }
}

/** Whether an operator means a preset of ours by its name, or a file of their own. */
export function isPresetName(text: string): boolean {
  return NAME.test(text);
}

/** File of a preset of ours. */
export function presetFile(name: string): string {
  return `${FOLDER}${name}.yml`;
}

/** Reads one preset file and checks its form. Never throws for what is in it. */
export function readPreset(file: string): Loaded {
  const text = textOf(file);
  if (typeof text !== 'string') return { file, faults: [text] };
  const { source, faults } = parseSource(text);
  if (source === undefined) return { file, faults };
  const parsed = presetSchema.safeParse(source.value);
  if (!parsed.success) return { file, faults: faultsOf(source, parsed.error.issues as readonly Issue[]) };
  return { file, text, preset: parsed.data, lineOf: (path) => source.lineOf(path) };
}

/** A preset of ours by its name; a name that there is not is a fault that lists those that there are. */
export function loadPreset(name: string): Loaded {
  const known = presetNames();
  if (!isPresetName(name) || !known.includes(name))
    return {
      file: name,
      faults: [
        {
          path: '',
          line: 0,
          message: `There is no preset ${name}. There are: ${known.join(', ')}. A file of your own is named with its path, such as ./portal.yml.`,
        },
      ],
    };
  const loaded = readPreset(presetFile(name));
  if ('preset' in loaded && loaded.preset.id !== name)
    return {
      file: loaded.file,
      faults: [{ path: 'id', line: loaded.lineOf(['id']), message: `Expected ${name}, as the file is called.` }],
    };
  return loaded;
}

/** Names of the presets that come with Sallyport, sorted. */
export function presetNames(): readonly string[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.yml'))
    .map((name) => basename(name, '.yml'))
    .sort();
}
