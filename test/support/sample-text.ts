/** Text of one letter of a class, such as `[0-9a-f]`. */
function ofClass(inside: string): string {
  if (!inside.startsWith('^')) {
    const [first = '', second = ''] = inside;
    return first === '\\' ? ({ d: '1', s: ' ', w: 'x' }[second] ?? second) : first;
  }
  return inside.includes('x') ? '-' : 'x';
}

/** Reads a pattern once, from the left. */
class Sampler {
  readonly #name: string;
  #rest: string;

  constructor(source: string, name: string) {
    this.#rest = source.replace(/^\(\?i\)/, '');
    this.#name = name;
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    const found = pattern.exec(this.#rest);
    if (found !== null) this.#rest = this.#rest.slice(found[0].length);
    return found;
  }

  /** As often as it must be there. */
  #times(text: string): string {
    const found = this.#take(/^(?:([*?])|\+|\{(\d+)(?:,\d*)?\})\??/);
    if (found === null) return text;
    return found[1] === undefined ? text.repeat(Number(found[2] ?? 1)) : '';
  }

  #piece(): string {
    if (this.#take(/^(?:\^|\$|\\b)/) !== null) return '';
    const group = this.#take(/^\((\?:|\?[a-z]+:)?/);
    if (group !== null) {
      const inside = this.alternatives();
      this.#take(/^\)/);
      return this.#times(group[1] === undefined ? this.#name : inside);
    }
    const letters = this.#take(/^\[((?:[^\]\\]|\\.)*)\]/);
    if (letters !== null) return this.#times(ofClass(letters[1] ?? ''));
    const escaped = this.#take(/^\\(.)/);
    if (escaped !== null)
      return this.#times({ s: ' ', d: '1', w: 'x', n: '\n', t: '\t' }[escaped[1] ?? ''] ?? escaped[1] ?? '');
    const [letter = ''] = this.#take(/^[\s\S]/) ?? [];
    return this.#times(letter === '.' ? 'x' : letter);
  }

  /** The first of the alternatives that begin here; the others are read over. */
  alternatives(): string {
    const all = [''];
    while (this.#rest !== '' && !this.#rest.startsWith(')')) {
      if (this.#take(/^\|/) !== null) all.push('');
      else all.push(`${all.pop()}${this.#piece()}`);
    }
    return all[0] ?? '';
  }
}

/** A text that a pattern matches, with `name` in its one group, and as little besides as may be: for the patterns that presets have. */
export function sampleOf(source: string, name: string): string {
  return new Sampler(source, name).alternatives();
}
