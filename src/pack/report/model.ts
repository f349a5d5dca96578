import type { Claims } from '../verify/claims.ts';
import type { Manifest } from '../verify/manifest.ts';
import { TABLES, type Table, utc } from '../verify/tables.ts';
import { LIMITS, METHOD } from './method.ts';

/** What of the manifest a report tells; it is made before the manifest is. */
export type About = Pick<
  Manifest,
  'made' | 'from' | 'to' | 'organisation' | 'redacted' | 'size' | 'key' | 'sallyport' | 'node'
> & {
  /** 64 characters by which the head is known. */
  readonly head: string;
  readonly entries: number;
  readonly witnesses: readonly string[];
};

/** A question, and its answer: `words` in front of the value, which is checked (verify/agree.ts). */
export interface Answer {
  readonly words: string;
  readonly name: string;
  readonly value: string;
}

export interface Section {
  readonly heading: string;
  readonly texts: readonly string[];
  readonly table: { readonly heads: readonly string[]; readonly rows: readonly (readonly string[])[] } | null;
}

/** What people are told of each answer, in the order of `answerValues`. */
export const ANSWER_WORDS: Readonly<Record<string, string>> = {
  from: 'From',
  to: 'Until',
  sealed: 'Entries of the record that are sealed',
  days: 'Days',
  'wanting-days':
    'Days on which an app was found to answer others than Sallyport, so that a password alone was enough for those who have one there',
  exemptions: 'Exemptions: paths that need no session, for a time',
  'open-findings': 'Times that an app was found open past Sallyport',
  'failed-findings': 'Findings from outside that were not as they must be, of every kind',
  accounts: 'Accounts at the end of the range',
  enrolled: 'of these with an authenticator in use: get in with a second factor, and not without',
  waiting: 'without one, and with a link by which they may enrol: cannot get in yet',
  none: 'with neither: cannot get in',
  disabled: 'disabled: cannot get in',
  unknown: 'of which the record does not hold all',
  cells: 'Cells at the end of the range: each account at each app of its realm',
  'cells-protected': 'of these: gets in there with a second factor, and not without',
  'cells-waiting': 'has no factor that works there, and a link by which it may enrol one',
  'cells-none': 'has no factor that works there: cannot get in',
  'cells-barred': 'may not use the app, whatever it proves',
  'cells-disabled': 'is disabled',
  'cells-removed': 'was removed',
  'cells-unknown': 'is not known, or not shown in this pack',
};

/** The answer to the question of questions. */
export function passwordAlone({ answers, exemptions, apps }: Claims): string[] {
  const { wantingDays, days } = answers;
  const unbound = [...new Set(apps.filter(({ bound }) => bound.startsWith('unbound')).map(({ app }) => app))];
  const past =
    wantingDays === 0
      ? `Past Sallyport: no app was found to answer anybody else on any of the ${days.length} days, as far as it was looked at (Found from outside).`
      : `Past Sallyport: on ${wantingDays} of ${days.length} days an app was found to answer others; whoever has a password there got in with it alone (Day by day).`;
  const list =
    exemptions.length === 0 ? 'There were no exemptions.' : `There were ${exemptions.length} exemptions (Exemptions).`;
  const loose =
    unbound.length === 0
      ? 'No app is shown whose own login was not bound to the second factor.'
      : `The own login of ${unbound.join(', ')} was not bound to the second factor for a time: whoever had passed their own could use the password of somebody else there (Apps).`;
  return [
    'Through Sallyport: nobody. It opens a session after a second factor alone, and forwards nothing without a session but what stands under Exemptions.',
    `${list} ${loose}`,
    past,
  ];
}

function tableSection(table: Table, claims: Claims, most: number): Section {
  const rows = [...table.rows(claims)];
  const more =
    rows.length > most ? [`The first ${most} of ${rows.length}; all stand in tables/${table.name}.csv.`] : [];
  const none = rows.length === 0 ? ['There are none.'] : [];
  return { heading: table.title, texts: [...more, ...none], table: { heads: table.heads, rows: rows.slice(0, most) } };
}

/** The exceptions first, then all the rest; `most` rows of each table. */
export function tableSections(claims: Claims, most: Readonly<Record<string, number>>): Section[] {
  const order = ['exemptions', 'findings', 'apps', 'ways', 'software', 'days', 'coverage', 'factors', 'accounts'];
  return order.flatMap((name) => {
    const table = TABLES.find((each) => each.name === name);
    return table === undefined || most[name] === 0 ? [] : [tableSection(table, claims, most[name] ?? 1000)];
  });
}

export function methodSections(about: About): Section[] {
  const facts = [
    ['Made', utc(about.made)],
    ['Organisation', about.organisation === null ? 'all' : about.organisation.name],
    ['Names and sources', about.redacted ? 'hidden' : 'shown'],
    ['Sallyport', about.sallyport],
    ['Node', about.node],
    ['Entries shown', `${about.entries} of ${about.size}`],
    ['Key of the log', about.key],
    ['Head (SHA-256 of its text)', about.head],
    ['Witnesses whose lines stand below the head', about.witnesses.join(', ') || 'none'],
  ];
  return [
    { heading: 'How it was made', texts: METHOD, table: { heads: ['what', 'value'], rows: facts } },
    { heading: 'What it does not show', texts: LIMITS, table: null },
  ];
}
