/** Names what a fault is about: an account at an app. */
interface What {
  readonly what?: string;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What stands in a pack is shown as it is only where it looks like an id of ours. */
const idOf = (value: unknown): string =>
  typeof value === 'string' && /^[A-Za-z0-9._-]{1,128}$/.test(value) ? value : '?';

export const cellName = (account: unknown, app: unknown): string => `${idOf(account)} at ${idOf(app)}`;

/** A statement about an account at apps; undefined: another one. */
function cellsIn(value: unknown): { account: string; cells: [app: string, text: string][] } | undefined {
  if (!isObject(value) || typeof value['account'] !== 'string' || !Array.isArray(value['cells'])) return undefined;
  const cells = value['cells'].filter(isObject).flatMap(({ apps, ...cell }) => {
    const text = JSON.stringify(cell);
    return (Array.isArray(apps) ? apps : []).map((app): [string, string] => [idOf(app), text]);
  });
  return { account: value['account'], cells };
}

/** The first cell of a statement. */
export function placeOf(value: unknown): What {
  const found = cellsIn(value);
  if (found === undefined) return {};
  return { what: cellName(found.account, found.cells[0]?.[0] ?? '') };
}

/** What is stated otherwise: that which is changed or dropped by what was expected, that which is added or doubled by what was found. */
export function placeBetween(expected: unknown, found: unknown): What {
  const [must, is] = [cellsIn(expected), cellsIn(found)];
  if (must === undefined) return expected === undefined ? placeOf(found) : {};
  if (is === undefined) return placeOf(expected);
  // Statements stand by account: one from further on stands where the expected one was dropped, one of before was added.
  if (must.account !== is.account) return placeOf(is.account > must.account ? expected : found);
  const at = [...must.cells, ...is.cells].findIndex((_, i) => must.cells[i]?.join() !== is.cells[i]?.join());
  const [one, other] = [must.cells[at], is.cells[at]];
  if (one === undefined && other === undefined) return { what: idOf(must.account) };
  const isAdded =
    one === undefined || (other !== undefined && !must.cells.some(([app], i) => i >= at && app === other[0]));
  return { what: cellName(must.account, (isAdded ? other : one)?.[0]) };
}
