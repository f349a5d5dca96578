/** A request as it went to the product, one character for one byte. */
export interface Passed {
  readonly method: string;
  readonly target: string;
  /** Request line and fields. */
  readonly head: string;
  /** Values of a field, any case. */
  all(name: string): string[];
  /** What has arrived of the body, at most 64 KiB; chunks are joined. */
  body: string;
}

const KEPT = 65_536;

function parse(head: string): Passed {
  const [line = '', ...fields] = head.split('\r\n');
  const [method = '', target = ''] = line.split(' ');
  const all = (name: string): string[] =>
    fields
      .filter((field) => field.toLowerCase().startsWith(`${name.toLowerCase()}:`))
      .map((field) => field.slice(field.indexOf(':') + 1).trim());
  return { method, target, head, all, body: '' };
}

/** Finds the requests in what is sent over one connection. After an upgrade the bytes are nobody's requests. */
export class Recorder {
  readonly #begun: (request: Passed) => void;
  #buffer = '';
  #current: Passed | undefined;
  /** Bytes of the body or of the chunk that are still to come; -1: a chunk's size line comes next. */
  #left = 0;
  #chunked = false;
  #upgraded = false;

  constructor(begun: (request: Passed) => void) {
    this.#begun = begun;
  }

  feed(bytes: Buffer): void {
    if (this.#upgraded) return;
    this.#buffer += bytes.toString('latin1');
    while (this.#current === undefined ? this.#head() : this.#body(this.#current));
  }

  #head(): boolean {
    const end = this.#buffer.indexOf('\r\n\r\n');
    if (end === -1) return false;
    const request = parse(this.#buffer.slice(0, end));
    this.#buffer = this.#buffer.slice(end + 4);
    this.#upgraded = request.all('upgrade').length > 0;
    this.#chunked = request.all('transfer-encoding').length > 0;
    this.#left = this.#chunked ? -1 : Number(request.all('content-length')[0] ?? 0);
    this.#current = this.#left === 0 ? undefined : request;
    this.#begun(request);
    return !this.#upgraded;
  }

  /** Takes what is there of the body; whether there may be more to take. */
  #body(request: Passed): boolean {
    if (this.#left === -1) {
      const line = this.#buffer.indexOf('\r\n');
      if (line === -1) return false;
      const size = Number.parseInt(this.#buffer.slice(0, line), 16);
      this.#buffer = this.#buffer.slice(line + 2);
      // Of a chunk and of the end alike, a line break is left after it.
      this.#left = size + 2;
      if (size === 0) this.#chunked = false;
      return true;
    }
    const taken = this.#buffer.slice(0, this.#left);
    this.#buffer = this.#buffer.slice(taken.length);
    this.#left -= taken.length;
    if (request.body.length < KEPT) request.body += taken;
    if (this.#left > 0) return false;
    if (this.#chunked) this.#left = -1;
    else this.#current = undefined;
    return this.#buffer.length > 0;
  }
}
