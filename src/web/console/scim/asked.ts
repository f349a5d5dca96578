import type { IncomingMessage } from 'node:http';
import { SallyportError } from '../../../errors.ts';
import type { HeaderFields } from '../../../request/fields.ts';
import { ScimError } from '../../../scim/error.ts';
import { holdsTag, readTags } from '../../../scim/message/etag.ts';
import type { OrganisationRow } from '../../../store/types.ts';
import { readBytes } from '../../body.ts';
import type { ApiAsker } from '../api/asker.ts';

/** Bytes of a body: a group with some thousands of members. */
const MOST_BYTES = 1024 * 1024;
const TYPE = /^application\/(?:scim\+)?json[ \t]*(?:;[ \t]*charset="?utf-8"?[ \t]*)?$/i;

/** A request of a directory, whose token and organisation are known. */
export interface ScimAsked {
  readonly request: IncomingMessage;
  readonly headers: HeaderFields;
  /** Address of the service, without a slash at its end. */
  readonly base: string;
  readonly search: URLSearchParams;
  readonly manage: ApiAsker['manage'];
  readonly organisation: OrganisationRow;
}

/** The parts of a request that its token says. */
export type Directory = Pick<ScimAsked, 'manage' | 'organisation'>;

/**
 * Whose directory shows this token: a token of SCIM is for one organisation, and everything that it asks is about that one. Throws
 * 403 for any other.
 */
export async function directoryOf({ manage }: ApiAsker): Promise<Directory> {
  const { store, authority } = manage;
  const token = authority.kind === 'token' ? await store.tokens.byId(authority.tokenId) : undefined;
  const [id, second] = new Set(token?.grants.map((grant) => grant.organisation));
  const organisation = typeof id === 'string' && second === undefined ? await store.organisations.byId(id) : undefined;
  if (organisation === undefined)
    throw new ScimError(403, undefined, 'a directory pushes with a token that was made for one organisation');
  return { manage, organisation };
}

/** The JSON that was sent. Throws `unsupported-media-type`, `body-too-large`, `bad-body`. */
export async function bodyOf({ request, headers }: Pick<ScimAsked, 'request' | 'headers'>): Promise<unknown> {
  if (headers.has('content-encoding') || !TYPE.test(headers.only('content-type') ?? ''))
    throw new SallyportError('unsupported-media-type', 'not JSON', { shown: 'Send application/scim+json.' });
  const bytes = await readBytes(request, headers, MOST_BYTES);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (cause) {
    throw new SallyportError('bad-body', 'not JSON', { cause, shown: 'The body is not JSON in UTF-8.' });
  }
}

/** The versions for which a change is to be made; undefined: for any. Throws 400 for a condition that is none. */
export function versionsOf({ headers }: Pick<ScimAsked, 'headers'>): readonly string[] | undefined {
  if (!headers.has('if-match')) return undefined;
  const tags = readTags(headers.only('if-match') ?? '');
  return tags === 'any' ? undefined : tags;
}

/** Throws `stale` when it is not of a version that the condition names. */
export function needVersion(asked: Pick<ScimAsked, 'headers'>, version: string): void {
  if (versionsOf(asked)?.includes(version) === false) throw new SallyportError('stale', 'another version');
}

/** Whether the asker has this version already (RFC 7644 §3.14). */
export function isKnown({ headers }: Pick<ScimAsked, 'headers'>, version: string): boolean {
  return headers.has('if-none-match') && holdsTag(readTags(headers.only('if-none-match') ?? ''), tagOf(version));
}

/** A version as an entity tag: weak, since what is shown of a resource may differ. */
export function tagOf(version: string): string {
  return `W/"${version}"`;
}
