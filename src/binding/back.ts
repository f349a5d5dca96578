import { rewriter } from '../presets/rewrite.ts';
import { PartsEdit } from '../presets/rewrite-parts.ts';
import type { BodyEdit } from '../proxy/passage.ts';
import type { HeaderFields } from '../request/fields.ts';
import { bodyKind, boundaryOf } from '../request/login/media.ts';
import { type BodyLimits, readBody } from './body.ts';
import { isTextual } from './edits.ts';
import type { Guarded, Read } from './guard.ts';
import { boundLogin } from './jars.ts';
import { bodyOrigins } from './origins.ts';

/** What is read before it is sent, so that its new length can be announced; what is longer goes in chunks. */
const ANNOUNCED: BodyLimits = { bytes: 1024 * 1024, ms: 5_000, late: 'go-on' };

/** Whether pages and scripts send what they were shown in a body of that kind. */
function carries(headers: HeaderFields): boolean {
  // A piece of a resource has its place counted in bytes.
  if (!headers.framed || headers.has('content-range')) return false;
  const kind = bodyKind(headers);
  if (kind === 'form' || kind === 'multipart' || kind === 'json') return true;
  return kind !== 'doubtful' && isTextual(headers.first('content-type') ?? '');
}

/**
 * Maps addresses back in the body of an ordinary request: where `rewrite.body` of the preset has origins of the app written as
 * ours in pages, ours becomes the first of them, so that a form that is sent as it was shown changes nothing in the app
 * (docs/decisions/0041). Files of a form stay as they are. null: nothing to map.
 */
export function backEdit({ app, headers }: Guarded, ours: string): BodyEdit | null {
  const [own] = bodyOrigins(boundLogin(app), ours);
  if (own === undefined || !carries(headers)) return null;
  const edit = rewriter([ours], own);
  const boundary = boundaryOf(headers);
  return boundary === null ? edit() : new PartsEdit(boundary, edit);
}

/** What is read of a body that is mapped back before any of it is sent. */
export function readToMap(request: Parameters<typeof readBody>[0]): Promise<Read> {
  return readBody(request, ANNOUNCED);
}
