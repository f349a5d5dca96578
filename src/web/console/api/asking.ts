import type { IncomingMessage } from 'node:http';
import { warranted } from '../../../manage/administration.ts';
import type { HeaderFields } from '../../../request/fields.ts';
import type { ApiAsker } from './asker.ts';
import type { ApiOperation } from './table.ts';

/** A request for one operation, whose asker is known. */
export interface Asking {
  readonly request: IncomingMessage;
  readonly headers: HeaderFields;
  readonly origin: string;
  readonly query: string;
  readonly asker: ApiAsker;
  readonly operation: ApiOperation;
  /** What the path names. */
  readonly names: Readonly<Record<string, string>>;
}

/** Whether it may be asked for at all, before anything of it is read. What may not goes on record. Throws `forbidden`, `step-up-required`. */
export async function judged({ asker, operation }: Asking): Promise<void> {
  await warranted(asker.manage, operation, async () => {});
}

/** As it is told: always an object. */
export function objectOf(value: unknown): object {
  if (Array.isArray(value)) return { items: value };
  if (typeof value === 'object' && value !== null && 'rows' in value && 'next' in value) {
    // A list that pages itself; every list is told alike.
    const { rows, ...rest } = value;
    return { items: rows, ...rest };
  }
  return typeof value === 'object' && value !== null ? value : { result: value };
}
