/** An account of ours, as far as it matters to an app's own list of accounts. Moments in ms. */
export interface Ours {
  readonly id: string;
  readonly name: string;
  readonly disabled: boolean;
  /** It has an authenticator that works. */
  readonly enrolled: boolean;
  /** When an authenticator was last used after it was enrolled. */
  readonly usedAt: number | null;
  /** It has a link to enrol with that is still good. */
  readonly invited: boolean;
  readonly createdAt: number;
  /** Its person has a role here. */
  readonly role: boolean;
}

/** Where an account stands between the two lists; each is in exactly one of these. */
export const CLASSES = ['unknown', 'never-came', 'invited', 'unused', 'used', 'disabled', 'gone'] as const;
export type RosterClass = (typeof CLASSES)[number];

export interface RosterLine {
  /** As the app writes it; of what it does not have, our name. */
  readonly name: string;
  /** null: nobody here. */
  readonly account: Ours | null;
  readonly class: RosterClass;
  /** Unused for longer than is allowed. */
  readonly dormant: boolean;
}

export interface Reconciled {
  /** By class as in `CLASSES`, then by name. */
  readonly lines: readonly RosterLine[];
  readonly counts: Readonly<Record<RosterClass, number>>;
  readonly dormant: number;
  /** Names of the app's that lead to an account to which another one leads too. */
  readonly doubled: number;
}

export interface Lists {
  /** What the app calls its accounts. */
  readonly names: readonly string[];
  /** All accounts of the realm, by id. */
  readonly ours: ReadonlyMap<string, Ours>;
  /** Id of the account that the app means by a name; undefined: of none. */
  readonly whose: (name: string) => string | undefined;
  readonly now: number;
  /** Time without use after which an account is dormant, ms; null: never. */
  readonly dormantAfterMs: number | null;
}

/** What an account that the app has is. One that is disabled is that first: it gets nobody in, whatever it has. */
function classOf({ disabled, enrolled, usedAt, invited }: Ours): RosterClass {
  if (disabled) return 'disabled';
  if (enrolled) return usedAt === null ? 'unused' : 'used';
  return invited ? 'invited' : 'never-came';
}

/** Whether nothing of an account that the app has was used for so long; one that was never used counts from when it was made. */
function isDormant({ disabled, usedAt, createdAt }: Ours, { now, dormantAfterMs }: Lists): boolean {
  return !disabled && dormantAfterMs !== null && !(now - (usedAt ?? createdAt) < dormantAfterMs);
}

/** By the bytes of UTF-16, the same on every machine. */
function byName(a: RosterLine, b: RosterLine): number {
  if (a.name === b.name) return 0;
  return a.name < b.name ? -1 : 1;
}

/**
 * Compares what an app calls its accounts with ours. Every account of either is in exactly one class: of the app's, an account here makes
 * it one of five and none makes it `unknown`; of ours that the app does not have, one is `disabled` or `gone`. Linear but for the sorting.
 */
export function reconcile(lists: Lists): Reconciled {
  const by = new Map<RosterClass, RosterLine[]>(CLASSES.map((name) => [name, []]));
  const put = (line: RosterLine): void => void by.get(line.class)?.push(line);
  const met = new Set<string>();
  let doubled = 0;
  for (const name of new Set(lists.names)) {
    const account = lists.ours.get(lists.whose(name) ?? '') ?? null;
    if (account === null) put({ name, account, class: 'unknown', dormant: false });
    else if (met.has(account.id)) doubled += 1;
    else put({ name, account, class: classOf(account), dormant: isDormant(account, lists) });
    if (account !== null) met.add(account.id);
  }
  for (const account of lists.ours.values()) {
    if (met.has(account.id)) continue;
    put({ name: account.name, account, class: account.disabled ? 'disabled' : 'gone', dormant: false });
  }
  const lines = CLASSES.flatMap((name) => (by.get(name) ?? []).sort(byName));
  const counts = { unknown: 0, 'never-came': 0, invited: 0, unused: 0, used: 0, disabled: 0, gone: 0 };
  for (const line of lines) counts[line.class] += 1;
  return { lines, counts, dormant: lines.filter(({ dormant }) => dormant).length, doubled };
}
