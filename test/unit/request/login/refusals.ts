import assert from 'node:assert/strict';
import type { ErrorCode } from '../../../../src/errors.ts';
import { LoginBodyRefused } from '../../../../src/request/login/refused.ts';
import type { BodyFault } from '../../../../src/request/login/types.ts';

const CODES: Readonly<Record<BodyFault, readonly [ErrorCode, number]>> = {
  'media-type': ['unsupported-media-type', 415],
  encoding: ['bad-body', 400],
  malformed: ['bad-body', 400],
  duplicate: ['bad-body', 400],
  'look-alike': ['bad-body', 400],
  'too-large': ['body-too-large', 413],
};

/** The read is refused for this fault, with its code and status, and nothing of `secret` in what is logged. */
export function refused(read: () => unknown, fault: BodyFault, label: string, secret = 'Passw0rd'): void {
  const [code, status] = CODES[fault];
  assert.throws(
    read,
    (error) =>
      error instanceof LoginBodyRefused &&
      error.fault === fault &&
      error.code === code &&
      error.status === status &&
      !error.message.includes(secret),
    `not refused as ${fault}: ${label}`,
  );
}
