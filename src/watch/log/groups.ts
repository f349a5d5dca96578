import type { LoggedRequest } from './types.ts';

/** Why a request is told of. */
export type Why = 'no id' | 'not our id' | 'id used twice' | 'another address' | 'not in our log' | 'no time';

/** Requests that are alike: who, what, how often and when. */
export interface Group extends Omit<LoggedRequest, 'at' | 'id'> {
  readonly why: Why;
  count: number;
  first: number | null;
  last: number | null;
  /** Where the first stands: file and number of the line. */
  readonly where: string;
}

/** Groups that are told apart. */
export const MOST_GROUPS = 2000;

/** Gathers what is alike; what is more than can be told apart is counted. */
export class Groups {
  readonly #groups = new Map<string, Group>();
  total = 0;
  beyond = 0;

  add(why: Why, { client, user, method, path, status, at }: LoggedRequest, where: string): void {
    this.total += 1;
    const key = JSON.stringify([why, client, user, method, path, status]);
    const known = this.#groups.get(key);
    if (known !== undefined) {
      known.count += 1;
      known.first = least(known.first, at);
      known.last = most(known.last, at);
    } else if (this.#groups.size < MOST_GROUPS)
      this.#groups.set(key, { why, client, user, method, path, status, count: 1, first: at, last: at, where });
    else this.beyond += 1;
  }

  list(): readonly Group[] {
    return [...this.#groups.values()];
  }
}

const least = (a: number | null, b: number | null): number | null => (a === null || (b !== null && b < a) ? b : a);
const most = (a: number | null, b: number | null): number | null => (a === null || (b !== null && b > a) ? b : a);
