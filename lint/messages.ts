// Tells whoever translates what is wrong with the message files, by file and key.
import { findMessageFaults } from './find-message-faults.ts';
import { rooms } from './message-files.ts';

for (const { file, key, what } of rooms().flatMap(findMessageFaults)) {
  process.stderr.write(`${file}${key === '' ? '' : `: ${key}`}: ${what}\n`);
  process.exitCode = 1;
}
