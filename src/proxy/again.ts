import { REQUEST_ID } from './headers.ts';
import type { Outgoing } from './http1/types.ts';

/** What changes nothing however often it is sent (RFC 9110 §9.2.1), as far as everybody keeps to it. */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether a request can do no harm by being sent once more. */
export function isRepeatable({ method, body }: Outgoing): boolean {
  return body === null && SAFE.has(method);
}

/** The same request by another id; undefined: by the one that it has. */
export function renamed(outgoing: Outgoing, id: string | undefined): Outgoing {
  if (id === undefined) return outgoing;
  const headers = [...outgoing.headers];
  // Names stand at even places: what somebody sent as a value may be called as the field is.
  const at = headers.findIndex((each, i) => i % 2 === 0 && each === REQUEST_ID);
  if (at === -1) return outgoing;
  headers[at + 1] = id;
  return { ...outgoing, headers };
}
