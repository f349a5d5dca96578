import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

export interface Asset {
  /** Address; holds a hash of the content, so it may be cached for ever. */
  readonly path: string;
  readonly type: string;
  readonly body: Buffer;
}

function load(name: string, extension: string, type: string): Asset {
  const body = readFileSync(new URL(`./${name}.${extension}`, import.meta.url));
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 16);
  return { path: `/.sallyport/assets/${name}.${hash}.${extension}`, type, body };
}

export const STYLE = load('pages', 'css', 'text/css; charset=utf-8');
export const ICON = load('icon', 'svg', 'image/svg+xml; charset=utf-8');

/** Everything that is served under /.sallyport/assets/, by address. Nothing else is read from disk, ever. */
export const ASSETS: ReadonlyMap<string, Asset> = new Map([STYLE, ICON].map((asset) => [asset.path, asset]));
