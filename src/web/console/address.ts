/** What the query of an address says, by name: the first of each, what is empty left out. */
export type Asked = ReadonlyMap<string, string>;

/** Reads a raw query; what cannot be read in it stands for nothing. */
export function askedOf(query: string): Asked {
  const asked = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) if (value !== '' && !asked.has(name)) asked.set(name, value);
  return asked;
}

/** A path with a query of what is there; in the order that is given. */
export function addressOf(path: string, values: Readonly<Record<string, string | number | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values))
    if (value !== undefined && value !== '') query.set(name, String(value));
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** The address of an account's page, or of what belongs to it. */
export function accountAddress(id: string, what = ''): string {
  return `/accounts/${encodeURIComponent(id)}${what}`;
}

/** The address of an organisation's page, or of what belongs to it. */
export function organisationAddress(id: string, what = ''): string {
  return `/organisations/${encodeURIComponent(id)}${what}`;
}
