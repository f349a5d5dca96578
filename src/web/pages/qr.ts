import { encode } from 'uqr';
import { type Html, html } from '../../lib/html.ts';

/** The quiet zone that readers need around the code (ISO/IEC 18004), in modules. */
const QUIET_ZONE = 4;

/** Dark modules of one row as runs of a path: fewer bytes than a rectangle each. */
function rowPath(row: readonly boolean[], y: number): string {
  let path = '';
  for (let x = 0; x < row.length; x++) {
    if (row[x] !== true) continue;
    const start = x;
    while (row[x + 1] === true) x++;
    path += `M${start} ${y}h${x - start + 1}v1H${start}z`;
  }
  return path;
}

export interface QrCode {
  readonly code: Html;
  /** The same at a second place of the page, for a few bytes. */
  readonly again: Html;
}

/**
 * A QR code, called `label`, as inline SVG without style: black on white in dark mode as well, since many readers want it so.
 * One of its kind on a page.
 */
export function qrCode(text: string, label: string): QrCode {
  const { data, size } = encode(text, { ecc: 'M', border: QUIET_ZONE });
  const path = data.map(rowPath).join('');
  const box = html`viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges"`;
  const open = html`<svg class="qr" role="img" aria-label="${label}" ${box}>`;
  return {
    code: html`${open}<g id="qr"><rect width="${size}" height="${size}" fill="#fff"/><path fill="#000" d="${path}"/></g></svg>`,
    again: html`${open}<use href="#qr"/></svg>`,
  };
}
