#!/usr/bin/env node
import { requireRuntime } from './runtime.mjs';

requireRuntime();
await import('./main.ts');
