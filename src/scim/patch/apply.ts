import { fault, ScimError } from '../error.ts';
import { isObject, isUnassigned, members } from '../resource/json.ts';
import { parts, simple, withParts } from '../resource/values.ts';
import { isComplex } from '../schema/attribute.ts';
import type { Attribute, Complex, Resource, ResourceType, Value } from '../schema/types.ts';
import { NOT_KEPT, targetOf } from './path.ts';
import type { PatchOperation, Step } from './types.ts';
import { listAfter } from './values.ts';

/** Steps of one message: an operation without a path has one for each attribute in its value. */
const MAX_STEPS = 200;

/**
 * One step for each attribute of a value without a path. Its names may be paths themselves: Microsoft Entra sends
 * `{"name.familyName": …}` and `{"emails[type eq \"work\"].value": …}`.
 */
function* stepsWithin(type: ResourceType, { op, value }: PatchOperation): Generator<Step> {
  if (!isObject(value)) throw fault('invalidValue', 'without a "path" the value is an object of attributes');
  for (const [lower, [name, part]] of members(value)) {
    // Said by clients beside what they change; a resource keeps those it has.
    if (lower === 'schemas') continue;
    const target = targetOf(type, name);
    if (target !== NOT_KEPT) yield { op, target, value: part };
  }
}

function* stepsOf(type: ResourceType, operation: PatchOperation): Generator<Step> {
  const { op, path, value } = operation;
  if (path === undefined) return yield* stepsWithin(type, operation);
  const target = targetOf(type, path);
  if (target !== NOT_KEPT) yield { op, target, value };
}

/** What is asked for is what is: Okta sends the id of a group beside its new name. */
function isSaid(now: Value | undefined, { op, target, value }: Step): boolean {
  return op !== 'remove' && target.part === undefined && now !== undefined && now === value;
}

/** Throws `mutability` for what nobody sets (RFC 7644 §3.5.2). */
function needSettable(step: Step): void {
  const { attribute, part } = step.target;
  if (attribute.mutability === 'readOnly' || part?.mutability === 'readOnly')
    throw fault('mutability', `${attribute.name} cannot be set`);
}

/** One value with parts: parts that are not named stay (RFC 7644 §3.5.2.3). */
function partsAfter(attribute: Attribute, before: Complex, { op, target, value }: Step): Complex | undefined {
  const { part } = target;
  if (part !== undefined)
    return withParts(before, new Map([[part, op === 'remove' ? undefined : simple(part, value)]]));
  return op === 'remove' || isUnassigned(value) ? undefined : withParts(before, parts(attribute, value));
}

function valueAfter(before: Value | undefined, step: Step): Value | undefined {
  const { attribute } = step.target;
  if (attribute.multiValued) return listAfter(attribute, before, step);
  if (attribute.type === 'complex')
    return partsAfter(attribute, before !== undefined && isComplex(before) ? before : {}, step);
  if (step.op === 'remove' || isUnassigned(step.value)) return undefined;
  return simple(attribute, step.value);
}

function isNone(value: Value | undefined): boolean {
  return value === undefined || (typeof value === 'object' && Object.keys(value).length === 0);
}

function after(resource: Resource, step: Step): Resource {
  const { attribute } = step.target;
  const before = resource[attribute.name];
  if (isSaid(before, step)) return resource;
  needSettable(step);
  // Nothing to add.
  if (step.op === 'add' && isUnassigned(step.value)) return resource;
  const value = valueAfter(before, step);
  if (value !== undefined && !isNone(value)) return { ...resource, [attribute.name]: value };
  if (attribute.required) throw fault('mutability', `${attribute.name} is needed and cannot be taken away`);
  const { [attribute.name]: _, ...rest } = resource;
  return rest;
}

/**
 * A resource after the operations of a PATCH, in their order (RFC 7644 §3.5.2); the one that was given is left as it was, so that
 * it is all or nothing. Throws `invalidPath`, `invalidFilter`, `invalidValue`, `noTarget`, `mutability`.
 */
export function applyPatch(type: ResourceType, resource: Resource, operations: readonly PatchOperation[]): Resource {
  let now = resource;
  let steps = 0;
  for (const operation of operations)
    for (const step of stepsOf(type, operation)) {
      steps += 1;
      if (steps > MAX_STEPS) throw new ScimError(413, undefined, `more than ${MAX_STEPS} changes in one message`);
      now = after(now, step);
    }
  return now;
}
