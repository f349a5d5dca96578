import type { Listed } from '../operations/types.ts';
import { refuseAtApp, unknownAtApp } from './guesses.ts';

/** Every operation of this room. */
export const BOUND = [refuseAtApp, unknownAtApp] as const satisfies readonly Listed[];
