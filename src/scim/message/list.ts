export const LIST_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

/** Some of the resources that were asked for. */
export interface Page {
  readonly resources: readonly object[];
  /** How many there are in all. */
  readonly totalResults: number;
  /** The place of the first of them among all, from 1. */
  readonly startIndex: number;
}

/** The body of an answer with several resources (RFC 7644 §3.4.2). */
export function listResponse({ resources, totalResults, startIndex }: Page): object {
  return {
    schemas: [LIST_SCHEMA],
    totalResults,
    startIndex,
    itemsPerPage: resources.length,
    Resources: resources,
  };
}
