import { fault, quoted, ScimError } from '../error.ts';
import { isObject, members, namesSchema } from '../resource/json.ts';
import type { PatchOperation } from './types.ts';

export const PATCH_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/** Operations of one message. */
const MAX_OPERATIONS = 100;

function opOf(sent: unknown): PatchOperation['op'] {
  // Microsoft Entra writes them with a capital letter.
  const op = typeof sent === 'string' && sent.length <= 7 ? sent.toLowerCase() : undefined;
  if (op === 'add' || op === 'replace' || op === 'remove') return op;
  throw fault(
    'invalidSyntax',
    `"op" is add, replace or remove${typeof sent === 'string' ? `, not ${quoted(sent)}` : ''}`,
  );
}

function operationOf(sent: unknown): PatchOperation {
  if (!isObject(sent)) throw fault('invalidSyntax', 'an operation is an object of JSON');
  const those = members(sent);
  const op = opOf(those.get('op')?.[1]);
  const path = those.get('path')?.[1] ?? undefined;
  if (path !== undefined && typeof path !== 'string') throw fault('invalidPath', '"path" is a text');
  const value = those.get('value')?.[1];
  if (op === 'remove' && path === undefined) throw fault('noTarget', 'remove needs a "path"');
  if (op !== 'remove' && value === undefined) throw fault('invalidValue', `${op} needs a "value"`);
  return { op, path, value };
}

/**
 * The operations of a PATCH message (RFC 7644 §3.5.2), in their order. Throws `invalidSyntax`, `invalidPath`, `invalidValue`,
 * `noTarget`; 413 for more than a hundred.
 */
export function readPatch(body: unknown): readonly PatchOperation[] {
  if (!isObject(body)) throw fault('invalidSyntax', 'a PATCH is an object of JSON');
  const sent = members(body);
  if (!namesSchema(sent.get('schemas')?.[1], PATCH_SCHEMA))
    throw fault('invalidSyntax', `"schemas" does not name ${PATCH_SCHEMA}`);
  const operations = sent.get('operations')?.[1];
  if (!Array.isArray(operations) || operations.length === 0)
    throw fault('invalidSyntax', '"Operations" is a list of at least one');
  if (operations.length > MAX_OPERATIONS)
    throw new ScimError(413, undefined, `more than ${MAX_OPERATIONS} operations in one message`);
  return operations.map(operationOf);
}
