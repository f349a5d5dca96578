import { readFileSync, writeFileSync } from 'node:fs';
import { mandatesPage } from '../src/pack/report/mandates.ts';
import { openApiText } from '../src/web/console/api/openapi.ts';
import { commandsPage } from './generate/commands.ts';
import { errorsPage } from './generate/errors.ts';
import { openApi } from './generate/openapi.ts';
import { verifierPage } from './generate/verifier.ts';
import { wayPage } from './generate/way.ts';

/** Documents that are made from the source, by their place beside this file. */
const FILES = {
  'commands.md': commandsPage,
  'errors.md': errorsPage,
  'openapi.json': openApi,
  'openapi-admin.json': openApiText,
  'mandates.md': mandatesPage,
  'way.md': wayPage,
  '../src/pack/verifier.html': verifierPage,
} as const;

function current(url: URL): string | undefined {
  try {
    return readFileSync(url, 'utf8');
  } catch {
    return undefined;
  }
}

/** Writes them, or with `--check` exits 1 when one is not what the source makes of it. */
for (const [name, make] of Object.entries(FILES)) {
  const url = new URL(name, import.meta.url);
  const text = await make();
  if (current(url) === text) continue;
  if (process.argv.includes('--check')) {
    process.stderr.write(`docs/${name} is stale. Run: npm run generate\n`);
    process.exitCode = 1;
  } else {
    writeFileSync(url, text);
    process.stdout.write(`docs/${name} written.\n`);
  }
}
