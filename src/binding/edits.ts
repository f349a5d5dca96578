import type { BoundLogin } from '../config/login-types.ts';
import { fillName } from '../presets/fill.ts';
import { rewriteStream } from '../presets/rewrite.ts';
import { stripStream } from '../presets/session-ids.ts';
import type { BodyEdit, InboundHead } from '../proxy/passage.ts';
import { HeaderFields } from '../request/fields.ts';
import { keptField, STAND_IN } from './kept.ts';
import { bodyOrigins } from './origins.ts';

/** Largest page that a name is written into, bytes. */
const MAX_PAGE = 128 * 1024;

/** Gathers a page and writes the name into it; a page that is too large passes as it is. */
class FillEdit implements BodyEdit {
  readonly #fill: (page: string) => string;
  #pieces: Buffer[] | null = [];
  #size = 0;

  constructor(fill: (page: string) => string) {
    this.#fill = fill;
  }

  push(chunk: Buffer): Buffer {
    if (this.#pieces === null) return chunk;
    this.#pieces.push(chunk);
    this.#size += chunk.length;
    if (this.#size <= MAX_PAGE) return Buffer.alloc(0);
    const all = Buffer.concat(this.#pieces);
    this.#pieces = null;
    return all;
  }

  end(): Buffer {
    if (this.#pieces === null) return Buffer.alloc(0);
    // One character for one byte: whatever the page's encoding, only what is inserted is changed.
    const page = Buffer.concat(this.#pieces).toString('latin1');
    return Buffer.from(this.#fill(page), 'latin1');
  }
}

/** The field of the app's login form that holds the name, when its forms are HTML. */
function nameField(login: BoundLogin): string | null {
  const step = login.steps.find((each) => each.type === 'form' && each.account !== null);
  return step?.account ?? null;
}

/** Whether anything is written into the app's sign-in page. */
export function isFilled(login: BoundLogin): boolean {
  return login.fill && (nameField(login) !== null || keptField(login) !== null);
}

/** Visible ASCII only: what the page's encoding is, nobody knows. */
const PLAIN_NAME = /^[\x21-\x7e]{1,128}$/;

function fillEdit(login: BoundLogin, name: string): BodyEdit | null {
  const [field, secret] = [nameField(login), keptField(login)];
  const named = field !== null && PLAIN_NAME.test(name);
  if (!named && secret === null) return null;
  return new FillEdit((page) => {
    const first = named ? fillName(page, field, name) : page;
    return secret === null ? first : fillName(first, secret, STAND_IN, ['password']);
  });
}

const TEXTUAL =
  /^(?:text\/(?:html|css|javascript|xml|plain)|application\/(?:javascript|x-javascript|json|xml|xhtml\+xml))(?![\w.+-])/i;

function isHtml(type: string): boolean {
  return /^[ \t]*(?:text\/html|application\/xhtml\+xml)(?![\w.+-])/i.test(type);
}

/** Whether a body of that type is text in which pages and scripts write addresses. */
export function isTextual(type: string): boolean {
  return TEXTUAL.test(type.trim());
}

/** Whether an answer is to be kept as a file (RFC 6266 §4.2): it is put back into the app as it is. */
function isFile(disposition: string | undefined): boolean {
  return /^[ \t]*attachment(?![^ \t;])/i.test(disposition ?? '');
}

function rewriteEdit(type: string, from: readonly string[], to: string): BodyEdit | null {
  return from.length > 0 && isTextual(type) ? rewriteStream(from, to) : null;
}

/** The field lines of an answer's head, where its body may be changed: packed bytes and pieces are nobody's to change. */
export function changeable({ headers }: InboundHead, status: number): HeaderFields | null {
  const fields = HeaderFields.of(headers);
  const coding = fields.first('content-encoding') ?? '';
  return ['', 'identity'].includes(coding.trim().toLowerCase()) && status !== 206 ? fields : null;
}

/** Origins of the app in an answer that is shown become ours; one that is kept as a file stays as it is. */
export function shownEdit(fields: HeaderFields, from: readonly string[], to: string): BodyEdit | null {
  return isFile(fields.first('content-disposition')) ? null : rewriteEdit(fields.first('content-type') ?? '', from, to);
}

/** Both, the rewriting first. */
export function inTurn(first: BodyEdit | null, second: BodyEdit | null): BodyEdit | null {
  if (first === null || second === null) return first ?? second;
  return {
    push: (chunk) => second.push(first.push(chunk)),
    end: () => Buffer.concat([second.push(first.end()), second.end()]),
  };
}

/** What a page is changed by. */
export interface PageEdits {
  readonly login: BoundLogin;
  /** The public origin. */
  readonly origin: string;
  /** Written into the app's login page; null: not there, or there is nothing to write. */
  readonly fill: string | null;
  /** A page before there is a session: containers write its id into the addresses of their first one. */
  readonly first: boolean;
}

/** How the body of an answer is changed on its way to the browser; null: not at all. */
export function pageEdit(
  { login, origin, fill, first }: PageEdits,
  head: InboundHead,
  status: number,
): BodyEdit | null {
  const from = bodyOrigins(login, origin);
  if (fill === null && from.length === 0 && !first) return null;
  const fields = changeable(head, status);
  if (fields === null) return null;
  const html = isHtml(fields.first('content-type') ?? '');
  const written = fill !== null && status < 500 && html ? fillEdit(login, fill) : null;
  const stripped = first && html ? stripStream() : null;
  return inTurn(stripped, inTurn(shownEdit(fields, from, origin), written));
}
