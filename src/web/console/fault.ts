import { SallyportError } from '../../errors.ts';
import type { Messages } from '../messages/types.ts';

/** What can be wrong with a field, by the name of the sentence that tells of it. */
export type Wrong = keyof Messages['consoleFaults'];

/** Something that was typed cannot be meant: beside which field that is told, in which words of ours. */
export class Fault extends SallyportError {
  readonly field: string;
  readonly wrong: Wrong;

  constructor(field: string, wrong: Wrong) {
    super('bad-request', `${field}: ${wrong}`);
    this.field = field;
    this.wrong = wrong;
  }
}

/** Which sentence beside which field tells of an error of these codes. */
export type Faults = Partial<Record<SallyportError['code'], readonly [field: string, wrong: Wrong]>>;

/**
 * What is told beside a field; undefined where the page of errors tells it. What an act says of its own in English stays in the
 * log: it is for operators, and may be in no language of the reader.
 */
export function faultOf(error: SallyportError, faults: Faults): Fault | undefined {
  if (error instanceof Fault) return error;
  const told = faults[error.code];
  return told === undefined ? undefined : new Fault(...told);
}
