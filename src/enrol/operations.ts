import type { Listed } from '../operations/types.ts';
import { removeOwn, renameOwn, renewCodes } from './changes.ts';
import { finishEnrolment } from './finish.ts';
import { add, openByTicket, refuseTicket } from './open.ts';
import { changePassword, refuseOwnPassword } from './own-password.ts';
import { addPasskey, refusePasskey } from './passkey.ts';
import { password, refusePassword } from './password.ts';
import { addApp, chooseAgain, extend, refuseCode, totp } from './totp.ts';

/** Every operation of this room. */
export const ENROLMENT = [
  openByTicket,
  refuseTicket,
  add,
  password,
  refusePassword,
  totp,
  chooseAgain,
  extend,
  addApp,
  refuseCode,
  addPasskey,
  refusePasskey,
  finishEnrolment,
  renewCodes,
  renameOwn,
  removeOwn,
  changePassword,
  refuseOwnPassword,
] as const satisfies readonly Listed[];
