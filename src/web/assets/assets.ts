import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { LANGUAGES } from '../../lib/languages.ts';
import { warningOf } from '../words/words.ts';

export interface Asset {
  /** Address; holds a hash of the content, so it may be cached for ever (but for WARNING, whose address apps know). */
  readonly path: string;
  readonly type: string;
  readonly body: Buffer;
  /** Of the body, as a source of a policy (CSP3 §2.3.1): for a page that holds it inside. */
  readonly source: string;
}

const TYPES = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml; charset=utf-8',
  png: 'image/png',
} as const;

/** Something to serve under /.sallyport/assets/, at an address that changes with it. */
export function hashed(name: string, extension: keyof typeof TYPES, body: Buffer): Asset {
  const hash = createHash('sha256').update(body).digest();
  const path = `/.sallyport/assets/${name}.${hash.toString('hex').slice(0, 16)}.${extension}`;
  return { path, type: TYPES[extension], body, source: `'sha256-${hash.toString('base64')}'` };
}

function read(file: string): Buffer {
  return readFileSync(new URL(`./${file}`, import.meta.url));
}

/** Files of the console as one: one request. */
function together(extension: 'css' | 'js', names: readonly string[]): Buffer {
  return Buffer.concat(names.flatMap((name) => [read(`../console/${name}.${extension}`), Buffer.from('\n')]));
}

/** The library of the passkey ceremonies, as its package ships it for browsers; beside its main file. */
function library(): Buffer {
  return readFileSync(new URL('../dist/bundle/index.umd.min.js', import.meta.resolve('@simplewebauthn/browser')));
}

/** The warning script with its few words in every language: it runs in pages of the app, which has no catalogue. */
function warning(): Buffer {
  const time = '{time}'; // the script puts a length of time there
  const words = LANGUAGES.map(({ code, dir, locale }) => {
    const said = warningOf(code);
    return [code, { ...said, idle: said.idle({ time }), absolute: said.absolute({ time }), dir, locale }];
  });
  return Buffer.from(
    `(() => {\nconst WORDS = ${JSON.stringify(Object.fromEntries(words))};\n${read('session.js').toString()}})();\n`,
  );
}

/** The look of our pages before an operator's colours (brand.ts). */
export const PAGES_CSS: Buffer = read('pages.css');
export const STYLE = hashed('pages', 'css', PAGES_CSS);
export const ICON = hashed('icon', 'svg', read('icon.svg'));
/** The library and our own script, in one file: one request. */
export const SCRIPT = hashed('pages', 'js', Buffer.concat([library(), Buffer.from('\n'), read('pages.js')]));
/** Posts the form of another site on; alone, since that page has nothing else that a script could do. */
export const ONWARD = hashed('onward', 'js', read('onward.js'));
/** The looks of the console, on top of those of all pages, and its script. */
export const CONSOLE_STYLE = hashed('console', 'css', together('css', ['console', 'people', 'charts']));
export const CONSOLE_SCRIPT = hashed('console', 'js', together('js', ['console', 'people', 'record', 'zone']));
/** For apps that want it: `<script src="/.sallyport/session.js" defer>`. A fixed address, so not for ever. */
export const WARNING: Asset = { ...hashed('session', 'js', warning()), path: '/.sallyport/session.js' };

/** What is served under /.sallyport/assets/ whatever the configuration says; a brand has its own besides. */
export const ASSETS: ReadonlyMap<string, Asset> = new Map(
  [STYLE, ICON, SCRIPT, ONWARD, CONSOLE_STYLE, CONSOLE_SCRIPT].map((asset) => [asset.path, asset]),
);
