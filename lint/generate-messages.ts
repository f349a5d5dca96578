// Writes the types of the messages of every room, or with `--check` exits 1 when one is not what the English files make of it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rooms } from './message-files.ts';
import { messageTypes } from './message-types.ts';

for (const room of rooms()) {
  const file = join(room, 'types.ts');
  const types = messageTypes(room);
  if (existsSync(file) && readFileSync(file, 'utf8') === types) continue;
  if (process.argv.includes('--check')) {
    process.stderr.write(`${file} is stale. Run: npm run generate\n`);
    process.exitCode = 1;
  } else {
    writeFileSync(file, types);
    process.stdout.write(`${file} written.\n`);
  }
}
