import type { Listed } from '../operations/types.ts';
import { admitFirst } from './first-admission.ts';

/** Every operation of this room. */
export const ADMITTING = [admitFirst] as const satisfies readonly Listed[];
