import { readApache } from './apache.ts';
import { readJson } from './json-lines.ts';
import type { LineReader, LogFormat } from './types.ts';
import { w3cReader } from './w3c.ts';

/** The format of a log, by its first line that is not blank. */
export function formatOf(line: string): LogFormat {
  if (line.startsWith('#')) return 'w3c';
  return line.startsWith('{') ? 'json' : 'apache';
}

/** A reader for one file. */
export function readerOf(format: LogFormat): LineReader {
  if (format === 'w3c') return w3cReader();
  return format === 'json' ? readJson : readApache;
}
