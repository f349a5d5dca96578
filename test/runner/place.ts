// First of all: node:test is loaded there, in its own way.
import './whose.ts';

await import('./files.ts');
