/** Where a value stands in a list. */
export class Place<T> {
  readonly value: T;
  /** Known to `Linked` alone. */
  list: Linked<T> | null = null;
  before: Place<T> | null = null;
  after: Place<T> | null = null;

  constructor(value: T) {
    this.value = value;
  }

  /** Takes the value out of the list that it is in by now; false when it had left before. */
  leave(): boolean {
    return this.list?.remove(this) ?? false;
  }
}

/**
 * A list whose members know their places: to join and to leave costs a few assignments, and who has left holds nothing and is
 * held by nothing.
 *
 * Where thousands come and go in a second a `Set` is no such thing. With many comers it is copied to a new table; the old one
 * goes on pointing at the new one and at all who were in it, and once one table is old the collector of young objects takes
 * the whole chain behind it for alive: a fifth of what requests leave behind was copied and kept so (docs/decisions/0028).
 */
export class Linked<T> {
  #first: Place<T> | null = null;
  #last: Place<T> | null = null;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The value that has been in for the longest. */
  get first(): T | undefined {
    return this.#first?.value;
  }

  /** Puts a value at the end; it may be in more than once. */
  add(value: T): Place<T> {
    const place = new Place(value);
    this.#append(place);
    return place;
  }

  /** Calls `each` with every value that is in now, in their order, and is in still when its turn comes. */
  forEach(each: (value: T, place: Place<T>) => void): void {
    const places: Place<T>[] = [];
    for (let place = this.#first; place !== null; place = place.after) places.push(place);
    for (const place of places) if (place.list !== null) each(place.value, place);
  }

  /** Moves all, in their order, to the end of another list; their places stay good. */
  moveTo(next: Linked<T>): void {
    for (let place = this.#first; place !== null; place = this.#first) {
      this.remove(place);
      next.#append(place);
    }
  }

  /** False when that place is not in this list. */
  remove(place: Place<T>): boolean {
    if (place.list !== this) return false;
    const { before, after } = place;
    if (before === null) this.#first = after;
    else before.after = after;
    if (after === null) this.#last = before;
    else after.before = before;
    place.before = null;
    place.after = null;
    place.list = null;
    this.#size -= 1;
    return true;
  }

  #append(place: Place<T>): void {
    place.list = this;
    place.before = this.#last;
    if (this.#last === null) this.#first = place;
    else this.#last.after = place;
    this.#last = place;
    this.#size += 1;
  }
}
