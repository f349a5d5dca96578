import { readFileSync, writeFileSync } from 'node:fs';
import { exampleText, presetSchemaText, schemaText } from './example.ts';

/** The generated files, by their place beside src/. */
const FILES = {
  'config/example.yml': exampleText,
  'config/schema.json': schemaText,
  'config/presets/schema.json': presetSchemaText,
} as const;

function current(url: URL): string | undefined {
  try {
    return readFileSync(url, 'utf8');
  } catch {
    return undefined;
  }
}

/** Writes the generated files, or with `--check` exits 1 when one is not what the schema makes of it. */
function main(argv: readonly string[]): void {
  const check = argv.includes('--check');
  for (const [name, make] of Object.entries(FILES)) {
    const url = new URL(`../../${name}`, import.meta.url);
    if (current(url) === make()) continue;
    if (check) {
      process.stderr.write(`${name} is stale. Run: node src/config/generate.ts\n`);
      process.exitCode = 1;
    } else {
      writeFileSync(url, make());
      process.stdout.write(`${name} written.\n`);
    }
  }
}

main(process.argv.slice(2));
