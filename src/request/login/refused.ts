import { type ErrorCode, SallyportError } from '../../errors.ts';
import type { BodyFault } from './types.ts';

const CODE_OF: Readonly<Record<BodyFault, ErrorCode>> = {
  'media-type': 'unsupported-media-type',
  encoding: 'bad-body',
  malformed: 'bad-body',
  duplicate: 'bad-body',
  'look-alike': 'bad-body',
  'too-large': 'body-too-large',
};

/** A login body that two readers might read differently. The detail names no value: it may stand in the log. */
export class LoginBodyRefused extends SallyportError {
  readonly fault: BodyFault;

  constructor(fault: BodyFault, why: string) {
    super(CODE_OF[fault], `${fault}: ${why}`);
    this.name = 'LoginBodyRefused';
    this.fault = fault;
  }
}

export function refuse(fault: BodyFault, why: string): never {
  throw new LoginBodyRefused(fault, why);
}
