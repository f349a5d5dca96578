import { SallyportError } from '../../errors.ts';

/** An answer that is refused. The detail names the fault and holds no byte of the answer. */
export function invalid(detail: string): SallyportError {
  return new SallyportError('upstream-invalid', `the upstream sent ${detail}`);
}
