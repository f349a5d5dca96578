import { encode } from 'uqr';

/** The quiet zone that readers need around the code (ISO/IEC 18004), in modules. */
const QUIET_ZONE = 4;

export interface Code {
  /** Modules on a side, the quiet zone with them. */
  readonly size: number;
  /** Runs of dark modules: column, row, how many. */
  readonly runs: readonly (readonly [x: number, y: number, w: number])[];
}

/** A text as a QR code of error correction M. */
export function codeOf(text: string): Code {
  const { data, size } = encode(text, { ecc: 'M', border: QUIET_ZONE });
  const runs: [number, number, number][] = [];
  for (const [y, row] of data.entries()) {
    for (let x = 0; x < row.length; x += 1) {
      if (row[x] !== true) continue;
      const from = x;
      while (row[x + 1] === true) x += 1;
      runs.push([from, y, x - from + 1]);
    }
  }
  return { size, runs };
}
