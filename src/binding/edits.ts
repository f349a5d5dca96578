import type { BoundLogin } from '../config/login-types.ts';
import { fillName } from '../presets/fill.ts';
import { rewriteStream } from '../presets/rewrite.ts';
import type { BodyEdit } from '../proxy/passage.ts';

/** Largest page that a name is written into, bytes. */
const MAX_PAGE = 128 * 1024;

/** Gathers a page and writes the name into it; a page that is too large passes as it is. */
class FillEdit implements BodyEdit {
  readonly #field: string;
  readonly #name: string;
  #pieces: Buffer[] | null = [];
  #size = 0;

  constructor(field: string, name: string) {
    this.#field = field;
    this.#name = name;
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
    return Buffer.from(fillName(page, this.#field, this.#name), 'latin1');
  }
}

/** The field of the app's login form that holds the name, when its forms are HTML. */
export function nameField(login: BoundLogin): string | null {
  const step = login.steps.find((each) => each.type === 'form' && each.account !== null);
  return step?.account ?? null;
}

/** Visible ASCII only: what the page's encoding is, nobody knows. */
const PLAIN_NAME = /^[\x21-\x7e]{1,128}$/;

export function fillEdit(login: BoundLogin, name: string): BodyEdit | null {
  const field = nameField(login);
  return field === null || !PLAIN_NAME.test(name) ? null : new FillEdit(field, name);
}

const TEXTUAL =
  /^(?:text\/(?:html|css|javascript|xml|plain)|application\/(?:javascript|x-javascript|json|xml|xhtml\+xml))(?![\w.+-])/i;

export function isHtml(type: string): boolean {
  return /^[ \t]*(?:text\/html|application\/xhtml\+xml)(?![\w.+-])/i.test(type);
}

export function rewriteEdit(type: string, from: readonly string[], to: string): BodyEdit | null {
  return from.length > 0 && TEXTUAL.test(type.trim()) ? rewriteStream(from, to) : null;
}

/** Both, the rewriting first. */
export function inTurn(first: BodyEdit | null, second: BodyEdit | null): BodyEdit | null {
  if (first === null || second === null) return first ?? second;
  return {
    push: (chunk) => second.push(first.push(chunk)),
    end: () => Buffer.concat([second.push(first.end()), second.end()]),
  };
}
