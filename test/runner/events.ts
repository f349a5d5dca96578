import type { EventData } from 'node:test';
import type { TestEvent } from 'node:test/reporters';
import { inspect } from 'node:util';

export interface Failure {
  /** The test's name behind those of its suites. */
  readonly path: string;
  readonly where: string;
  readonly why: string;
  /** It failed because a test within it did, which is told by itself. */
  readonly within: boolean;
}

/** What a process tells of a file under way; `id` is the test's. */
export type Told =
  | { readonly is: 'begun'; readonly id: number; readonly path: string }
  | { readonly is: 'ended'; readonly id: number }
  | { readonly is: 'passed' }
  | { readonly is: 'skipped'; readonly path: string; readonly why: string }
  | { readonly is: 'failed'; readonly failure: Failure }
  /** `processor`: seconds of processor time that the file took, with those of all processes that it started and waited for. */
  | { readonly is: 'over'; readonly processor?: number };

/** Gives what is to be told of each event of one file; undefined: nothing. */
export function teller(file: string): (event: TestEvent) => Told | undefined {
  const paths = new Map<number, string>();
  // node:test makes up a test of the file's own name where there is none, or where the file could not be loaded.
  const madeUp = ({ type, data }: TestEvent) =>
    type !== 'test:fail' && data !== undefined && 'name' in data && data.name === file;
  return (event) => (madeUp(event) ? undefined : translate(event, paths));
}

function translate(event: TestEvent, paths: Map<number, string>): Told | undefined {
  switch (event.type) {
    case 'test:enqueue': {
      const { testId, parentId, name } = event.data;
      const above = parentId === undefined ? undefined : paths.get(parentId);
      paths.set(testId, above === undefined ? name : `${above} > ${name}`);
      return undefined;
    }
    case 'test:dequeue':
      return { is: 'begun', id: event.data.testId, path: paths.get(event.data.testId) ?? event.data.name };
    case 'test:complete':
      return { is: 'ended', id: event.data.testId };
    case 'test:pass':
      if (event.data.details.type === 'suite') return undefined;
      return event.data.skip === undefined ? { is: 'passed' } : skippedOf(event.data, paths.get(event.data.testId));
    case 'test:fail':
      return { is: 'failed', failure: failureOf(event.data, paths.get(event.data.testId)) };
    case 'test:summary':
      return { is: 'over' };
    default:
      return undefined;
  }
}

function skippedOf({ name, skip }: EventData.TestPass, path = name): Told {
  return { is: 'skipped', path, why: typeof skip === 'string' && skip !== '' ? skip : 'without a reason' };
}

function failureOf({ name, file, line, details: { error } }: EventData.TestFail, path = name): Failure {
  // Casts: node:test wraps what was thrown, whatever that was, and says in a field of its own what kind of failure it is.
  const { failureType, cause } = error as { failureType?: string; cause?: unknown };
  const why = inspect(cause ?? error, { depth: 6, breakLength: 110, maxStringLength: 20_000 });
  return { path, where: `${file}:${line}`, why: why.slice(0, 40_000), within: failureType === 'subtestsFailed' };
}
