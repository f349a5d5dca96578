import type { Listed } from '../operations/types.ts';
import { beginSignIn } from './begin.ts';
import { confirmByCode, signInByCode } from './codes.ts';
import { endAllOthers, endAnother, leave } from './ending.ts';
import { holdAnswer } from './held.ts';
import { interruptAnswer, refuseAnswer } from './passkey-refused.ts';
import { confirmByPasskey, signInByPasskey } from './passkey-use.ts';
import { interruptStep, refuseGuess, refuseStep } from './refusals.ts';

/** Every operation of this room. */
export const SIGNING_IN = [
  beginSignIn,
  holdAnswer,
  signInByCode,
  signInByPasskey,
  confirmByCode,
  confirmByPasskey,
  refuseStep,
  refuseGuess,
  refuseAnswer,
  interruptStep,
  interruptAnswer,
  leave,
  endAnother,
  endAllOthers,
] as const satisfies readonly Listed[];
