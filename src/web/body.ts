import type { IncomingMessage } from 'node:http';
import { SallyportError } from '../errors.ts';
import type { HeaderFields } from '../request/fields.ts';
import { parseForm } from '../request/login/form.ts';
import { isObject, parseObject } from '../request/login/json.ts';
import { isMultipart, parseMultipart } from './multipart.ts';

/** Bytes of the largest form or JSON object that our own addresses read. */
export const FORM_BYTES = 16 * 1024;
/** Attestation with its certificates, base64url in JSON in a form field: each step makes it longer. */
export const CEREMONY_BYTES = 96 * 1024;

/** What an address reads: field names, those that may be a JSON object (handed on as its text), most bytes. */
export interface FormShape {
  readonly fields: readonly string[];
  readonly objects?: readonly string[];
  readonly limit?: number;
  /** A field that may be a file of a multipart form, and how its bytes are read. */
  readonly file?: { readonly name: string; readonly text: (bytes: Buffer) => string };
}

export type BodyKind = 'json' | 'form';

/** A body that was read: a flat object of strings, each of a name that the address knows, each at most once. */
export interface Form {
  readonly kind: BodyKind;
  get(name: string): string | undefined;
}

const FORM_TYPE = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';

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

/** Members that are strings, and of those in `objects` also objects, as their text. */
function* jsonFields(bytes: Uint8Array, objects: readonly string[]): Generator<readonly [string, string]> {
  for (const [name, value] of Object.entries(parseObject(bytes, CEREMONY_BYTES)) as [string, unknown][]) {
    if (typeof value === 'string') yield [name, value.isWellFormed() ? value : bad('a lone surrogate')];
    else if (isObject(value) && objects.includes(name)) yield [name, JSON.stringify(value)];
    else bad('not a flat JSON object of strings');
  }
}

/**
 * Parses a body's bytes, as strictly as the sign-ins of apps are read. Throws `bad-body` for an unknown field, a field twice,
 * a value that is not a string, bytes that are not UTF-8 and for NUL.
 */
export function parseBody(
  kind: BodyKind,
  bytes: Uint8Array,
  known: readonly string[],
  objects: readonly string[] = [],
): Form {
  const values = new Map<string, string>();
  for (const [name, value] of kind === 'json' ? jsonFields(bytes, objects) : parseForm(bytes, CEREMONY_BYTES)) {
    if (!known.includes(name)) bad('an unknown field');
    if (value.includes('\0')) bad('NUL');
    values.set(name, value);
  }
  return { kind, get: (name) => values.get(name) };
}

/** The body's bytes; throws `body-too-large` as soon as that is known, `bad-body` when the sender went away. */
export async function readBytes(req: IncomingMessage, headers: HeaderFields, limit: number): Promise<Buffer> {
  if (Number(headers.first('content-length') ?? 0) > limit)
    throw new SallyportError('body-too-large', 'declared length');
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

/** A form with a file, as strictly as any other; without one that was chosen the field is empty. */
async function readFiles(bytes: Buffer, contentType: string, { fields, file }: FormShape): Promise<Form> {
  const values = new Map<string, string>();
  for (const [name, value] of await parseMultipart(bytes, contentType)) {
    const text = typeof value === 'string' ? value : name === file?.name ? file.text(value) : bad('a file');
    if (!fields.includes(name)) bad('an unknown field');
    if (text.includes('\0') || !text.isWellFormed()) bad('NUL, or no text');
    values.set(name, text);
  }
  return { kind: 'form', get: (name) => values.get(name) };
}

/** Reads and parses the body of a POST to one of our own addresses. */
export async function readForm(req: IncomingMessage, headers: HeaderFields, shape: FormShape): Promise<Form> {
  const type = headers.first('content-type') ?? '';
  if (shape.file !== undefined && isMultipart(type) && headers.first('content-encoding') === undefined)
    return readFiles(await readBytes(req, headers, shape.limit ?? FORM_BYTES), type, shape);
  const kind = bodyKind(headers.first('content-type'), headers.first('content-encoding'));
  // Only a form that may carry a file is as long as one.
  const limit = shape.file === undefined ? (shape.limit ?? FORM_BYTES) : FORM_BYTES;
  return parseBody(kind, await readBytes(req, headers, limit), shape.fields, shape.objects);
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
export function checkOrigin(headers: HeaderFields, own: string): void {
  if (headers.first('origin') !== own) throw new SallyportError('wrong-origin', 'Origin is not the page itself');
  if (headers.all('sec-fetch-site').some((site) => site !== 'same-origin' && site !== 'none')) {
    throw new SallyportError('wrong-origin', 'Sec-Fetch-Site');
  }
}
