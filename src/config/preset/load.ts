import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FileUnread, readText } from '../../lib/files.ts';
import { nearest } from '../../lib/nearest.ts';
import { readForm } from '../form.ts';
import { byLine, located, type Path, parseSource } from '../source.ts';
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
  return parsePreset(file, text);
}

/** The same of the text of a file. */
export function parsePreset(file: string, text: string): Loaded {
  const { source, faults } = parseSource(text);
  if (source === undefined) return { file, faults };
  const form = readForm(presetSchema, source.value);
  if (form.data === undefined || form.faults.length > 0) return { file, faults: byLine(located(source, form.faults)) };
  return { file, text, preset: form.data, lineOf: (path) => source.lineOf(path) };
}

function noSuchPreset(name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  const others =
    meant === undefined ? `There are: ${known.join(', ')}.` : `Did you mean ${meant}? "preset list" has all.`;
  return `There is no preset ${name}. ${others} A file of your own is named with its path, such as ./portal.yml.`;
}

/** A preset of ours by its name; a name that there is not is a fault that says what was meant, or what there is. */
export function loadPreset(name: string): Loaded {
  const known = presetNames();
  if (!isPresetName(name) || !known.includes(name))
    return {
      file: name,
      faults: [
        {
          path: '',
          line: 0,
          message: noSuchPreset(name, known),
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
