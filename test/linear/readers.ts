import type { Reader } from '../support/growth.ts';
import { BODIES } from './readers-bodies.ts';
import { PRESETS } from './readers-presets.ts';
import { PROXY } from './readers-proxy.ts';
import { READ } from './readers-read.ts';
import { ROOMS } from './readers-rooms.ts';
import { TEXTS } from './readers-texts.ts';

/** Every reader of foreign text that is fed. */
export const READERS: readonly Reader[] = [...READ, ...BODIES, ...TEXTS, ...PROXY, ...PRESETS, ...ROOMS];
