/**
 * Follows the frames of one direction of a WebSocket (RFC 6455 §5.2) far enough to tell what a person sends from what
 * a library sends to keep the line open. Holds a few numbers, no bytes; anything that is no frame ends its interest.
 */
export class FrameReader {
  /** Bytes of the present header read so far, at most 2 are looked at before its length is known. */
  #seen = 0;
  #headerLength = 2;
  #extended = 0;
  #length = 0;
  #data = false;
  /** Payload bytes of the present frame still to come; -1 while in a header. */
  #payload = -1;
  #lost = false;

  /** Between two frames, as far as can be told: a frame of ours may go here. */
  get between(): boolean {
    return !this.#lost && this.#seen === 0 && this.#payload === -1;
  }

  /** Takes the next bytes; true when some of them belong to a data frame (opcodes 0, 1, 2), not to ping, pong or close. */
  push(chunk: Uint8Array): boolean {
    let found = false;
    let at = 0;
    while (at < chunk.length && !this.#lost) {
      if (this.#payload > 0) {
        const taken = Math.min(this.#payload, chunk.length - at);
        at += taken;
        this.#payload -= taken;
      } else {
        this.#header(chunk[at] ?? 0);
        at += 1;
      }
      found ||= this.#data;
      if (this.#payload === 0) this.#reset();
    }
    return found;
  }

  #header(byte: number): void {
    const index = this.#seen++;
    if (index === 0) this.#opcode(byte & 0x0f);
    else if (index === 1) this.#firstLength(byte);
    else if (index < 2 + this.#extended) this.#length = this.#length * 256 + byte;
    if (this.#length > Number.MAX_SAFE_INTEGER) this.#lost = true;
    if (this.#seen > 1 && this.#seen === this.#headerLength) this.#payload = this.#length;
  }

  #opcode(opcode: number): void {
    this.#data = opcode <= 2;
    if ((opcode > 2 && opcode < 8) || opcode > 10) this.#lost = true;
  }

  #firstLength(byte: number): void {
    const short = byte & 0x7f;
    this.#extended = short === 126 ? 2 : short === 127 ? 8 : 0;
    this.#length = this.#extended === 0 ? short : 0;
    this.#headerLength = 2 + this.#extended + ((byte & 0x80) === 0 ? 0 : 4);
  }

  #reset(): void {
    this.#seen = 0;
    this.#headerLength = 2;
    this.#extended = 0;
    this.#length = 0;
    this.#data = false;
    this.#payload = -1;
  }
}
