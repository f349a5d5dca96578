import { widthOf } from './fonts.ts';
import type { TypedLink } from './link.ts';
import { MM } from './place.ts';

/** How a link is set for typing. Sizes in points, lengths in mm. */
export interface Plan {
  /** The address, in lines that are one. */
  readonly address: readonly string[];
  readonly addressSize: number;
  readonly addressHeight: number;
  /** The secret: groups, in rows. */
  readonly rows: readonly (readonly string[])[];
  readonly secretSize: number;
  readonly rowHeight: number;
  /** The ground of a whole group, and what is left free at either side of its characters. */
  readonly cell: number;
  readonly inset: number;
  readonly perGroup: number;
  /** Between groups, and above each row. */
  readonly gap: number;
}

/** From what is wished to the least, for the address and for the secret. With the last, any link of 300 characters fits. */
const SIZES: readonly (readonly [address: number, secret: number])[] = [
  [10.5, 15],
  [10, 14],
  [9, 12.5],
  [8, 11],
  [7, 9],
  [6, 7],
  [5.5, 5.5],
];

function inLines(text: string, most: number): string[] {
  const lines: string[] = [];
  for (let at = 0; at < text.length; at += most) lines.push(text.slice(at, at + most));
  return lines;
}

function inRows(groups: readonly string[], most: number): string[][] {
  const rows: string[][] = [];
  for (let at = 0; at < groups.length; at += most) rows.push(groups.slice(at, at + most));
  return rows;
}

/** The largest plan that fits; `w` and `h` mm. Throws `RangeError` when none does, rather than hide a part of the link. */
export function planLink(link: TypedLink, w: number, h: number): Plan {
  const wide = widthOf('mono', '0') / MM;
  const perGroup = Math.max(1, ...link.groups.map(({ length }) => length));
  for (const [addressSize, secretSize] of SIZES) {
    const address = inLines(link.address, Math.floor(w / (wide * addressSize)));
    const addressHeight = (addressSize * 1.25) / MM;
    const gap = secretSize / 10 + 0.3;
    const inset = secretSize / 20;
    const cell = perGroup * wide * secretSize + 2 * inset;
    const rows = inRows(link.groups, Math.max(1, Math.floor((w + gap) / (cell + gap))));
    const rowHeight = (secretSize * 1.3) / MM;
    const high = address.length * addressHeight + rows.length * (rowHeight + gap);
    if (high <= h)
      return { address, addressSize, addressHeight, rows, secretSize, rowHeight, cell, inset, perGroup, gap };
  }
  throw new RangeError('the link is longer than a letter can show');
}
