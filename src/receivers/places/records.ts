const HEAD_BYTES = 5;
/** RFC 5246 §6.2.1, RFC 8446 §5.1: types of records. */
const ALERT = 21;
const APPLICATION_DATA = 23;
/** RFC 8446 §5.2: an alert of two bytes, its type, and the tag of the cipher, as TLS 1.3 sends it among other data. */
const ALERT_13_BYTES = 2 + 1 + 16;

/**
 * Looks on as records of TLS go by, and knows whether the last one was an alert: after a handshake that ended well, and
 * without an error, it is the close_notify by which the other end says that it ends (RFC 8446 §6.1), which no process says
 * that was killed.
 */
export class Records {
  #head = Buffer.alloc(0);
  #left = 0;
  #isAlert = false;

  /** The next bytes of the other end. Linear, and holds five bytes at most. */
  pass(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.#left > 0) {
        const some = Math.min(this.#left, bytes.length - at);
        this.#left -= some;
        at += some;
        continue;
      }
      const head = bytes.subarray(at, at + HEAD_BYTES - this.#head.length);
      at += head.length;
      this.#head = Buffer.concat([this.#head, head]);
      if (this.#head.length === HEAD_BYTES) this.#begin();
    }
  }

  #begin(): void {
    const [type, length] = [this.#head.readUInt8(0), this.#head.readUInt16BE(3)];
    this.#isAlert = type === ALERT || (type === APPLICATION_DATA && length === ALERT_13_BYTES);
    this.#left = length;
    this.#head = Buffer.alloc(0);
  }

  /** Whether the last record was an alert, and whole. */
  get endedByAlert(): boolean {
    return this.#isAlert && this.#left === 0 && this.#head.length === 0;
  }
}
