/** Characters of lines that wait for more; a crash loses no more than these. */
const WORTH_WRITING = 16 * 1024;

/** Lines on their way to where they are written, many at a time: to hand over each by itself costs as much as to make it. */
export class LogLines {
  readonly #take: (lines: string) => void;
  #waiting = '';

  constructor(take: (lines: string) => void) {
    this.#take = take;
  }

  /** One line, with its end. */
  write(line: string): void {
    this.#waiting += line;
    if (this.#waiting.length >= WORTH_WRITING) this.flush();
  }

  /** Hands over what waits. */
  flush(): void {
    if (this.#waiting === '') return;
    const lines = this.#waiting;
    this.#waiting = '';
    this.#take(lines);
  }
}

let last = { ms: Number.NaN, text: '' };

/** The time as a member of a JSON object that is being written, for pino. Many lines are of one millisecond. */
export function timeMember(): string {
  const ms = Date.now();
  if (ms !== last.ms) last = { ms, text: `,"time":"${new Date(ms).toISOString()}"` };
  return last.text;
}
