import { fault } from '../error.ts';
import type { Attribute, Complex, Simple } from '../schema/types.ts';
import type { Compare } from './types.ts';

/** Judges one value of an attribute. */
export type Test = (value: Simple | Complex) => boolean;

const ORDER: Readonly<
  Record<Exclude<Compare, 'co' | 'sw' | 'ew'>, (a: string | number, b: string | number) => boolean>
> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
};

function textTest(op: Compare, wanted: string, fold: (text: string) => string): Test {
  const with_ = fold(wanted);
  switch (op) {
    case 'co':
      return (value) => typeof value === 'string' && fold(value).includes(with_);
    case 'sw':
      return (value) => typeof value === 'string' && fold(value).startsWith(with_);
    case 'ew':
      return (value) => typeof value === 'string' && fold(value).endsWith(with_);
    default:
      return (value) => typeof value === 'string' && ORDER[op](fold(value), with_);
  }
}

/** By RFC 7644 §3.4.2.2: times are compared as points in time, however they are written. */
function timeTest(op: Compare, wanted: string): Test {
  if (op === 'co' || op === 'sw' || op === 'ew') return textTest(op, wanted, (text) => text);
  const time = Date.parse(wanted);
  if (Number.isNaN(time)) throw fault('invalidFilter', 'a point in time is written as 2026-01-31T12:00:00Z');
  return (value) => typeof value === 'string' && ORDER[op](Date.parse(value), time);
}

/** A test against a value that is not null. Throws `invalidFilter` where kind, operator and value do not go together. */
export function testOf(attribute: Attribute, op: Compare, wanted: string | number | boolean): Test {
  const { type, caseExact } = attribute;
  if (type === 'boolean') {
    if ((op !== 'eq' && op !== 'ne') || typeof wanted !== 'boolean')
      throw fault('invalidFilter', `${attribute.name} is true or false, and is compared with eq or ne alone`);
    return (value) => typeof value === 'boolean' && (value === wanted) === (op === 'eq');
  }
  if (type === 'complex' || typeof wanted !== 'string')
    throw fault('invalidFilter', `${attribute.name} cannot be compared with that`);
  if (type === 'dateTime') return timeTest(op, wanted);
  return textTest(op, wanted, caseExact ? (text) => text : (text) => text.toLowerCase());
}
