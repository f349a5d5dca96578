/** A query as it stands within another: what ends it is no part of it. */
export function bareQuery(query: string): string {
  const trimmed = query.trim();
  return trimmed.endsWith(';') ? trimmed.slice(0, -1) : trimmed;
}
