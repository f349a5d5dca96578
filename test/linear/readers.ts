import type { Reader } from '../support/growth.ts';
import { API_TEXTS } from './readers-api.ts';
import { BODIES } from './readers-bodies.ts';
import { PRESETS } from './readers-presets.ts';
import { PROXY } from './readers-proxy.ts';
import { READ } from './readers-read.ts';
import { RECORDER, ROOMS } from './readers-rooms.ts';
import { SCIM } from './readers-scim.ts';
import { TEXTS } from './readers-texts.ts';

/** A reader, and where it is at work. */
export interface ToldReader extends Reader {
  readonly where: 'server' | 'command' | 'sample portal';
}

/** Commands have a process of their own, and so has the sample portal: nobody waits for what they read. */
const COMMANDS: ReadonlySet<string> = new Set([...RECORDER.map(({ name }) => name), 'formsIn']);
const PORTAL: ReadonlySet<string> = new Set(['FrameDecoder', 'boundaryOf']);

function told(reader: Reader): ToldReader {
  const where = COMMANDS.has(reader.name) ? 'command' : PORTAL.has(reader.name) ? 'sample portal' : 'server';
  return { ...reader, where };
}

/** Every reader of foreign text that is fed. */
export const READERS: readonly ToldReader[] = [
  ...[...READ, ...BODIES, ...TEXTS, ...PROXY, ...PRESETS, ...RECORDER, ...ROOMS, ...SCIM, ...API_TEXTS].map(told),
];
