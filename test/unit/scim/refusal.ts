import assert from 'node:assert/strict';
import { ScimError } from '../../../src/scim/error.ts';

/** Status and kind of what is refused; a failure when it is not, or not by a ScimError. */
export function refusal(does: () => unknown): string {
  try {
    does();
  } catch (error) {
    assert.ok(error instanceof ScimError, `not a refusal: ${String(error)}`);
    return `${error.status} ${error.scimType ?? '-'}`;
  }
  assert.fail('it was not refused');
}
