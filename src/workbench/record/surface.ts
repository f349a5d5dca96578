import { isToken } from './draft.ts';
import { isWild, pathOf } from './paths.ts';
import type { Exchange, Recording } from './recording.ts';

const ASSET = /\.(?:css|js|mjs|map|png|jpe?g|gif|svg|webp|avif|ico|woff2?|ttf|otf|eot)$/i;
const ASSET_TYPE = /^(?:text\/css|text\/javascript|application\/javascript|image\/|font\/)/i;

function isAsset(exchange: Exchange): boolean {
  return ASSET.test(pathOf(exchange.target)) || ASSET_TYPE.test(exchange.answer.headers.first('content-type') ?? '');
}

/** The parameters that were there, with their values: others of the same page may show more than a sign-in. */
function seenQuery(targets: readonly string[]): Record<string, readonly string[] | '*'> | undefined {
  const seen = new Map<string, Set<string> | null>();
  for (const target of targets)
    for (const [name, value] of new URLSearchParams(target.split('?')[1] ?? ''))
      seen.set(
        name,
        isToken(value) || seen.get(name) === null ? null : (seen.get(name) ?? new Set<string>()).add(value),
      );
  const pairs = [...seen].map(([name, values]) => [name, values === null ? ('*' as const) : [...values]] as const);
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs);
}

/** A folder of assets as a whole, and a script that makes them as itself. */
function assetPath(path: string): string {
  const folder = path.slice(0, path.lastIndexOf('/'));
  return ASSET.test(path) && folder !== '' ? `${folder}/**` : path;
}

function covered(path: string, folders: readonly string[]): boolean {
  return folders.some((each) => each !== path && each.endsWith('/**') && path.startsWith(each.slice(0, -2)));
}

/** What the browser fetched before anybody had signed in; for `order: login-first`. */
export function surfaceOf(recording: Recording): readonly Readonly<Record<string, unknown>>[] {
  const { right, exchanges } = recording;
  const before = exchanges
    .slice(0, right === undefined ? 0 : exchanges.indexOf(right))
    // What has wildcards to a preset would show more than was seen.
    .filter(({ method, target }) => method === 'GET' && !isWild(pathOf(target)));
  const assets = [...new Set(before.filter(isAsset).map(({ target }) => assetPath(pathOf(target))))].sort();
  const pages = new Map<string, string[]>();
  for (const each of before) {
    if (isAsset(each) || each.answer.status !== 200) continue;
    const path = pathOf(each.target);
    pages.set(path, [...(pages.get(path) ?? []), each.target]);
  }
  // A script that makes assets may make pages as well: only with the parameters that were seen.
  const made = (path: string) => {
    const targets = before.filter((each) => isAsset(each) && pathOf(each.target) === path).map(({ target }) => target);
    const names = targets.flatMap((target) => [...new URLSearchParams(target.split('?')[1] ?? '').keys()]);
    return names.length === 0 ? {} : { query: Object.fromEntries(names.map((name) => [name, '*'])) };
  };
  const redirected = before.some(({ target, answer }) => target === '/' && answer.status >= 300 && answer.status < 400);
  return [
    ...(redirected && !pages.has('/') ? [{ path: '/', to: 'entry' }] : []),
    ...[...pages].map(([path, targets]) => {
      const query = seenQuery(targets);
      return { path, ...(query === undefined ? {} : { query }) };
    }),
    ...assets
      .filter((path) => !covered(path, assets))
      .map((path) => ({
        path,
        ...(ASSET.test(path) || path.endsWith('/**') ? { query: '*' } : made(path)),
        static: true,
      })),
  ];
}
