import { ScimError } from '../error.ts';
import { GROUP } from '../schema/group.ts';
import type { Attribute, ResourceType } from '../schema/types.ts';
import { USER } from '../schema/user.ts';
import { MAX_COUNT } from './query.ts';

const SCHEMA_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:Schema';
const TYPE_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:ResourceType';
const SERVICE_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig';

export const RESOURCE_TYPES: readonly ResourceType[] = [USER, GROUP];

/** RFC 7643 §7; what is only ours to know is left out. */
function shown({ most: _, subAttributes, ...attribute }: Attribute): object {
  return subAttributes === undefined ? attribute : { ...attribute, subAttributes: subAttributes.map(shown) };
}

/** What is kept of a kind of resource (RFC 7643 §7). `base`: the address of the service, without a slash at its end. */
export function schemaDocument({ schema: { id, name, description, attributes } }: ResourceType, base: string): object {
  return {
    schemas: [SCHEMA_SCHEMA],
    id,
    name,
    description,
    attributes: attributes.map(shown),
    meta: { resourceType: 'Schema', location: `${base}/Schemas/${id}` },
  };
}

/** A kind of resource (RFC 7643 §6). */
export function typeDocument({ id, endpoint, description, schema }: ResourceType, base: string): object {
  return {
    schemas: [TYPE_SCHEMA],
    id,
    name: id,
    endpoint,
    description,
    schema: schema.id,
    schemaExtensions: [],
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${id}` },
  };
}

/** What the service can do and what it cannot (RFC 7643 §5). */
export function serviceDocument(base: string): object {
  return {
    schemas: [SERVICE_SCHEMA],
    patch: { supported: true },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults: MAX_COUNT },
    changePassword: { supported: false },
    sort: { supported: false },
    etag: { supported: true },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'API token',
        description: 'A token that an administrator issues, sent as Authorization: Bearer.',
        primary: true,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
  };
}

/** The kind of resource of an id, or of its schema. Throws 404. */
export function typeOf(id: string, by: 'id' | 'schema'): ResourceType {
  const found = RESOURCE_TYPES.find((each) => (by === 'id' ? each.id : each.schema.id) === id);
  if (found === undefined) throw new ScimError(404, undefined, 'there is no such resource');
  return found;
}
