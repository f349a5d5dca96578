import type { IncomingMessage } from 'node:http';
import { SallyportError } from '../errors.ts';

/** Bytes of the largest form or JSON object that our own addresses read. */
export const FORM_BYTES = 16 * 1024;
/** Attestation with its certificates, base64url in JSON in a form field: each step makes it longer. */
export const CEREMONY_BYTES = 96 * 1024;
const MAX_DEPTH = 8;

/** What an address reads: field names, those that may be a JSON object (handed on as its text), most bytes. */
export interface FormShape {
  readonly fields: readonly string[];
  readonly objects?: readonly string[];
  readonly limit?: number;
}

export type BodyKind = 'json' | 'form';

/** A body that was read: a flat object of strings, each of a name that the address knows, each at most once. */
export interface Form {
  readonly kind: BodyKind;
  get(name: string): string | undefined;
}

const FORM_TYPE = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';
const JSON_STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

function bad(why: string): never {
  throw new SallyportError('bad-body', why);
}

/**
 * The kind of body from its one Content-Type. Throws `unsupported-media-type` for any other type, any parameter but
 * `charset=utf-8` and any content coding: what we cannot read in exactly one way is not read.
 */
export function bodyKind(contentType: string | undefined, contentEncoding: string | undefined): BodyKind {
  const refuse = (why: string): never => {
    throw new SallyportError('unsupported-media-type', why);
  };
  if (contentEncoding !== undefined) refuse('content coding');
  const match = /^([a-z/-]+)[ \t]*(?:;[ \t]*charset=("?)utf-8\2[ \t]*)?$/i.exec(contentType ?? '');
  const type = match?.[1]?.toLowerCase();
  if (type === FORM_TYPE) return 'form';
  if (type === JSON_TYPE) return 'json';
  return refuse('media type');
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return bad('not UTF-8');
  }
}

function formPart(raw: string): string {
  if (/%(?![0-9A-Fa-f]{2})/.test(raw)) bad('percent sign without two hexadecimal digits');
  try {
    return decodeURIComponent(raw.replace(/\+/g, ' '));
  } catch {
    return bad('not UTF-8');
  }
}

function* formPairs(text: string): Generator<readonly [string, string]> {
  if (text === '') return;
  for (const pair of text.split('&')) {
    const mark = pair.indexOf('=');
    if (mark < 1) bad('a field without name or value');
    yield [formPart(pair.slice(0, mark)), formPart(pair.slice(mark + 1))];
  }
}

/** Where the object that begins at `start` ends. What is in it is for its reader to judge; here it is only well-formed. */
function objectEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const c = text[at];
    if (c === '"') {
      JSON_STRING.lastIndex = at;
      const match = JSON_STRING.exec(text);
      if (match === null) return bad('not JSON');
      at += match[0].length - 1;
    } else if (c === '{' || c === '[') depth += 1;
    else if (c === '}' || c === ']') depth -= 1;
    if (depth > MAX_DEPTH) return bad('JSON too deep');
    if (depth > 0) continue;
    try {
      JSON.parse(text.slice(start, at + 1));
    } catch {
      return bad('not JSON');
    }
    return at + 1;
  }
  return bad('not JSON');
}

/**
 * Reads a flat JSON object of strings. Not JSON.parse: of two members of one name that keeps the last, where another
 * reader keeps the first (RFC 8259 §4), and it makes objects with a prototype.
 */
function* jsonPairs(text: string, objects: readonly string[]): Generator<readonly [string, string]> {
  let at = 0;
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) return bad('not a flat JSON object of strings');
    at += match[0].length;
    return match[0];
  };
  const string = (): string => {
    const value: unknown = JSON.parse(take(JSON_STRING));
    return typeof value === 'string' && value.isWellFormed() ? value : bad('a lone surrogate');
  };
  const empty = /[ \t\r\n]*\{[ \t\r\n]*\}[ \t\r\n]*$/y;
  if (empty.test(text)) return;
  take(/[ \t\r\n]*\{[ \t\r\n]*/y);
  for (let more = true; more; ) {
    const name = string();
    take(/[ \t\r\n]*:[ \t\r\n]*/y);
    if (text[at] === '{' && objects.includes(name)) {
      const end = objectEnd(text, at);
      yield [name, text.slice(at, end)];
      at = end;
    } else yield [name, string()];
    more = take(/[ \t\r\n]*[,}][ \t\r\n]*/y).includes(',');
  }
  take(/$/y);
}

/**
 * Parses a body's bytes. Throws `bad-body` for an unknown field, a field twice, a value that is not a string, bytes
 * that are not UTF-8 and for NUL.
 */
export function parseBody(
  kind: BodyKind,
  bytes: Uint8Array,
  known: readonly string[],
  objects: readonly string[] = [],
): Form {
  const values = new Map<string, string>();
  const text = utf8(bytes);
  for (const [name, value] of kind === 'json' ? jsonPairs(text, objects) : formPairs(text)) {
    if (!known.includes(name)) bad('an unknown field');
    if (values.has(name)) bad('a field twice');
    if (value.includes('\0')) bad('NUL');
    values.set(name, value);
  }
  return { kind, get: (name) => values.get(name) };
}

/** The body's bytes; throws `body-too-large` as soon as that is known, `bad-body` when the sender went away. */
export async function readBytes(req: IncomingMessage, limit: number): Promise<Buffer> {
  const declared = Number(req.headers['content-length'] ?? 0);
  if (declared > limit) throw new SallyportError('body-too-large', 'declared length');
  const chunks: Buffer[] = [];
  let size = 0;
  return await new Promise((resolve, reject) => {
    const stop = (error: SallyportError): void => {
      req.removeAllListeners('data').pause();
      reject(error);
    };
    req.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) stop(new SallyportError('body-too-large', 'length'));
      else chunks.push(chunk);
    });
    req.once('end', () => resolve(Buffer.concat(chunks)));
    req.once('error', (cause) => stop(new SallyportError('bad-body', 'interrupted', { cause })));
    req.once('close', () => stop(new SallyportError('bad-body', 'interrupted')));
  });
}

/** Reads and parses the body of a POST to one of our own addresses. */
export async function readForm(req: IncomingMessage, shape: FormShape): Promise<Form> {
  const kind = bodyKind(req.headers['content-type'], req.headers['content-encoding']);
  return parseBody(kind, await readBytes(req, shape.limit ?? FORM_BYTES), shape.fields, shape.objects);
}

/** A field that must be there. Throws `bad-body` when it is absent or empty. */
export function need(form: Form, name: string): string {
  const value = form.get(name);
  return value === undefined || value === '' ? bad(`${name} is missing`) : value;
}

/**
 * Refuses a state change that this page did not send itself (ASVS 3.5.1). `null` and an absent Origin are refused too;
 * no header of the request says more than that one.
 */
export function checkOrigin(req: IncomingMessage, own: string): void {
  const site = req.headers['sec-fetch-site'];
  if (req.headers.origin !== own) throw new SallyportError('wrong-origin', 'Origin is not the page itself');
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    throw new SallyportError('wrong-origin', 'Sec-Fetch-Site');
  }
}
