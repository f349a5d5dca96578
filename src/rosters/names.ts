import { MOST_NAME, MOST_NAMES, RosterFault, tooMany } from './fault.ts';

/** Takes names as they come, and keeps each once. Blanks around a name and empty ones are left out. */
export class Names {
  readonly #found = new Set<string>();

  /** Throws RosterFault for what can be no name, and for more of them than a list may have. */
  add(given: string): void {
    const name = given.trim();
    if (name === '') return;
    if (name.length > MOST_NAME)
      throw new RosterFault(
        `The list has a name of more than ${MOST_NAME} characters: name the column that has the names.`,
      );
    if (this.#found.has(name)) return;
    if (this.#found.size >= MOST_NAMES) throw tooMany();
    // Of what is not well formed nothing could be kept.
    this.#found.add(name.toWellFormed());
  }

  /** Throws RosterFault for none: every account here would be called gone. */
  all(): readonly string[] {
    if (this.#found.size === 0)
      throw new RosterFault('The list has no name: look whether its source is the right one.');
    return [...this.#found].sort();
  }
}

/** Names of columns that have the account, in this order, where nobody says which has. */
export const USUAL = [
  'account',
  'login',
  'username',
  'user',
  'user_name',
  'uid',
  'samaccountname',
  'userprincipalname',
  'name',
  'email',
];

/** Where the column is, of these; undefined: there is none of that name, or, where none is named, no usual one. */
export function columnIn(columns: readonly string[], named: string | null): number | undefined {
  const folded = columns.map((each) => each.trim().toLowerCase());
  const wanted = named === null ? USUAL.find((each) => folded.includes(each)) : named.trim().toLowerCase();
  const at = wanted === undefined ? -1 : folded.indexOf(wanted);
  return at < 0 ? undefined : at;
}

const SHOWN = 64;

export function noColumn(named: string): RosterFault {
  const shown = named.length > SHOWN ? `${named.slice(0, SHOWN)}…` : named;
  return new RosterFault(`The list has no column ${JSON.stringify(shown)}: name in column the one that has the names.`);
}
