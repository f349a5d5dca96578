/** What is taken out in the order of a number, least first: a binary heap. */
export class Heap<T> {
  readonly #items: T[] = [];
  readonly #order: (item: T) => number;

  constructor(order: (item: T) => number) {
    this.#order = order;
  }

  get size(): number {
    return this.#items.length;
  }

  get first(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    const items = this.#items;
    const by = this.#order(item);
    let at = items.push(item) - 1;
    while (at > 0) {
      const up = (at - 1) >> 1;
      const above = items[up] as T; // within
      if (this.#order(above) <= by) break;
      items[at] = above;
      at = up;
    }
    items[at] = item;
  }

  pop(): T | undefined {
    const items = this.#items;
    const [first] = items;
    const last = items.pop();
    if (last === undefined || items.length === 0) return first;
    const by = this.#order(last);
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      if (down >= items.length) break;
      const right = items[down + 1];
      if (right !== undefined && this.#order(right) < this.#order(items[down] as T)) down += 1; // within
      const below = items[down] as T; // within
      if (this.#order(below) >= by) break;
      items[at] = below;
      at = down;
    }
    items[at] = last;
    return first;
  }
}
