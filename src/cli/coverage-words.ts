import { CELL_CLASSES, CLASS_WORDS } from '../coverage/cells.ts';
import { present, type Wanting } from '../coverage/summary.ts';
import type { CoverageAnswer, CoverageRow } from '../manage/coverage-form.ts';
import { utc } from '../terminal/output.ts';

const WANTING_WORDS: Readonly<Record<Wanting, string>> = {
  'origin-open': 'answered others than Sallyport: who has a password there gets in past it',
  'canary-failed': 'gave something to a stranger',
  unbound: 'has a login of its own that is not looked at',
  'exemption-expired': 'has an exemption that is over: it opens nothing, take it out of the configuration',
  'unknown-accounts': 'accounts are not on record whole at that moment',
  'configuration-not-on-record': 'what the configuration of that moment meant is not on record',
  unsealed: 'entries have no place in the log yet',
  roster: 'the app’s own accounts and ours differ',
};

/** What is wanting, a sentence each. */
export function wantingLines({ wanting }: CoverageAnswer): readonly string[] {
  return wanting.map(({ what, app, count, basis }) => {
    const who = app === null ? `${count}` : app;
    const entries = basis.length === 0 ? '' : ` (entries ${basis.join(' ')})`;
    return `${who}: ${WANTING_WORDS[what]}${entries}`;
  });
}

const STRENGTH: Readonly<Record<string, string>> = {
  phr: 'by a passkey',
  mfa: 'by a password and a second factor',
  possession: 'by a second factor, and the password at the app',
};

/** The answers, most important first. */
export function answerLines({ at, summary, record }: CoverageAnswer): readonly string[] {
  const { accounts, strength, passwordAlone, recoveryOnly } = summary;
  const past = passwordAlone.past.map(({ app, accounts: n }) => `${n} past Sallyport, at ${app}`);
  const alone =
    past.length === 0 && passwordAlone.through === 0
      ? 'none: a session opens after a second factor alone, and no app was found to answer others'
      : past.join('; ');
  const unknown = accounts.unknown === 0 ? '' : `; of ${accounts.unknown} the record does not say`;
  return [
    `Coverage at ${utc(new Date(at))}, by ${record.entries ?? 'the'} entries of the record.`,
    `Could get in with a password alone: ${alone}${unknown}.`,
    `Accounts: ${present(accounts)}.`,
    ...CELL_CLASSES.filter((each) => accounts[each] > 0).map(
      (each) => `  ${each}: ${accounts[each]} (${CLASS_WORDS[each]})`,
    ),
    ...strength.map(({ acr, accounts: n }) => `  protected ${STRENGTH[acr] ?? acr}: ${n}`),
    ...(recoveryOnly === 0 ? [] : [`  of these with recovery codes alone: ${recoveryOnly}`]),
  ];
}

/** What it rests on, and what it cannot say. */
export function limitLines({ record }: CoverageAnswer): readonly string[] {
  const { configuration, closed, droppedBefore, outOfOrder, unknownKinds } = record;
  return [
    configuration === null
      ? 'No configuration was on record.'
      : `Configuration in force: entry ${configuration.seq}, text ${configuration.digest ?? 'not kept'}, Sallyport ${configuration.sallyport ?? 'of then'}.`,
    ...(closed === null ? [] : [`Signing in was closed (entry ${closed.seq}): ${closed.reason}`]),
    ...(droppedBefore === null
      ? []
      : [`Decisions from before ${utc(new Date(droppedBefore))} are over their time and no longer on record.`]),
    ...(outOfOrder === null || outOfOrder === 0
      ? []
      : [`${outOfOrder} entries stand after a later one: a clock was set back.`]),
    ...(unknownKinds === null || unknownKinds.length === 0
      ? []
      : [`Kinds of a newer version were not understood: ${unknownKinds.join(' ')}.`]),
  ];
}

/** `entry 12 19`: the entries by which a row is so. */
export function basisOf({ cells }: CoverageRow): string {
  return [...new Set(cells.flatMap(({ basis }) => basis))].sort((a, b) => a - b).join(' ');
}
