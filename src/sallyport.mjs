#!/usr/bin/env node
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import { leaveOut, optimize, requireRuntime } from './runtime.mjs';
import { endAtOnce } from './signals.mjs';

endAtOnce();
requireRuntime();
leaveOut();
// Until it serves (cli/serve.ts). What was compiled under other flags is refused, so a cache that somebody named and commands share
// (NODE_COMPILE_CACHE) is left as it is; ours is another for each set of flags.
if (process.argv[2] === 'serve' && module.getCompileCacheDir?.() === undefined) optimize(false);
// Keeps what Node makes of the source (types stripped, compiled), beside the installed packages where only who installs may
// write: a later start is quicker and holds less memory. Where it cannot be written, nothing is kept.
module.enableCompileCache?.(fileURLToPath(new URL('../node_modules/.cache/sallyport', import.meta.url)));
await import('./main.ts');
