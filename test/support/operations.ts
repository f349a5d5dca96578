import type { Listed } from '../../src/operations/types.ts';

/** Whether a value that a module gives out is an operation. */
export function isOperation(value: unknown): value is Listed {
  return typeof value === 'object' && value !== null && 'does' in value && 'who' in value && 'lock' in value;
}
