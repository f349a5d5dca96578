import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';

/** The portal's static files, read once. A table, so that no path of a request ever reaches the file system. */
const FILES: ReadonlyMap<string, { readonly type: string; readonly bytes: Buffer }> = new Map(
  (
    [
      ['portal.css', 'text/css; charset=utf-8'],
      ['clock.js', 'text/javascript; charset=utf-8'],
      ['chat.js', 'text/javascript; charset=utf-8'],
    ] as const
  ).map(([name, type]) => [
    `/assets/${name}`,
    { type, bytes: readFileSync(new URL(`assets/${name}`, import.meta.url)) },
  ]),
);

/** Answers a static file; false when there is none of that path. */
export function sendAsset(response: ServerResponse, path: string): boolean {
  const file = FILES.get(path);
  if (file === undefined) return false;
  response.writeHead(200, {
    'content-type': file.type,
    'content-length': file.bytes.length,
    'cache-control': 'private, max-age=60',
    'x-content-type-options': 'nosniff',
  });
  response.end(file.bytes);
  return true;
}
