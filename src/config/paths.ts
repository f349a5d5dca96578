import { SallyportError } from '../errors.ts';
import { writtenReadings } from '../lib/readings/readings.ts';
import type { Parsed } from './hosts.ts';

/** RFC 3986 pchar without `;`, which servers cut away, and `/`. */
const PATH = /^\/(?:[A-Za-z0-9\-._~!$&'()*+,=:@/]|%[0-9A-F]{2})*$/;
const UNRESERVED = /^[A-Za-z0-9\-._~]$/;
const RULE = 'Expected a path such as /admin (this page alone) or /admin/** (it and everything below).';

function segmentsFault(path: string): string | undefined {
  if (path.includes('//')) return 'Write the path without empty segments (//).';
  if (path.split('/').some((s) => s === '.' || s === '..')) return 'Write the path without . and .. segments.';
  if (/^\/\.sallyport(?:\/|$)/i.test(path))
    return 'Addresses under /.sallyport are ours and never forwarded. Choose a path of the app.';
  return undefined;
}

/** An encoding is needed only for what may not stand in a path bare. */
function encodingFault(path: string): string | undefined {
  for (const [triplet = ''] of path.matchAll(/%[0-9A-F]{2}/g)) {
    const character = String.fromCharCode(Number.parseInt(triplet.slice(1), 16));
    if (UNRESERVED.test(character)) return 'Write letters, digits and - . _ ~ as they are, not percent-encoded.';
    if (/[\0-\x1f\x7f/\\;?#%]/.test(character))
      return 'Encoded control characters, slashes, ;, ?, # and % cannot stand in a path here.';
  }
  try {
    decodeURIComponent(path);
    return undefined;
  } catch {
    return 'The percent-encoded bytes are not UTF-8.';
  }
}

function pathFault(path: string, expected: string): string | undefined {
  if (!PATH.test(path)) {
    return /[^\x21-\x7e]/.test(path)
      ? 'Percent-encode what is not ASCII (é is %C3%A9), hexadecimal digits in capitals.'
      : expected;
  }
  return segmentsFault(path) ?? encodingFault(path);
}

/** A path that some server reads as dots, or in more ways than anybody could mean, is refused in requests too. */
function readingFault(base: string): string | undefined {
  try {
    writtenReadings(base);
    return undefined;
  } catch (error) {
    if (!(error instanceof SallyportError)) throw error;
    return 'Some servers read this path as another (dots, or letters in too many ways), so no request for it is let through.';
  }
}

/** Parses the path of a rule: `/a/b`, or `/a/**`. No other pattern exists; regular expressions were the bypass of every peer. */
export function parseRulePath(text: string): Parsed<string> {
  const base = text.endsWith('/**') ? text.slice(0, -3) : text;
  if (base.includes('*')) return { fault: `${RULE} A * anywhere else is not possible.` };
  if (base === '' && text === '/**') return { value: text };
  if (base.length > 1 && base.endsWith('/'))
    return { fault: 'Write the path without the slash at its end; a rule covers both spellings.' };
  const fault = pathFault(base, RULE) ?? readingFault(base);
  return fault === undefined ? { value: text } : { fault };
}

/** A parser of one exact path, in a form that has no second spelling; what it opens, it opens for nothing else. */
export function exactPath(example: string): (text: string) => Parsed<string> {
  const expected = `Expected one exact path such as ${example}, without * and without percent-encoding.`;
  return (text) => {
    if (text.includes('*') || text.includes('%')) return { fault: expected };
    const fault = pathFault(text, expected);
    return fault === undefined ? { value: text } : { fault };
  };
}

/** Parses the path of an exemption. */
export const parseExemptPath = exactPath('/healthz');
