#!/usr/bin/env node
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import { leaveOut, requireRuntime } from './runtime.mjs';
import { endAtOnce } from './signals.mjs';

endAtOnce();
requireRuntime();
leaveOut();
// Keeps what Node makes of the source (types stripped, compiled), beside the installed packages where only who installs may
// write: a later start is quicker and holds less memory. Where it cannot be written, nothing is kept.
module.enableCompileCache?.(fileURLToPath(new URL('../node_modules/.cache/sallyport', import.meta.url)));
await import('./main.ts');
