import { csvText } from '../../lib/csv-text.ts';
import type { TrendAnswer } from './form.ts';

const CLASSES = ['waiting', 'none', 'barred', 'unknown', 'disabled', 'removed'] as const;
const STRENGTHS = ['phr', 'mfa', 'possession'] as const;
const HEADS = [
  ...['day', 'moment', 'organisation_id', 'organisation', 'accounts', 'expected', 'protected', 'percent'],
  ...[
    'passkey',
    'password_and_factor',
    'factor_and_app',
    'recovery_only',
    ...CLASSES,
    'exempt_routes',
    'password_alone',
  ],
];

/** A line for each row (RFC 4180); text to every spreadsheet. An empty organisation is all; an empty number is one that is not known. */
export function trendCsv({ rows }: Pick<TrendAnswer, 'rows'>): string {
  const text = (value: number | null) => (value === null ? '' : String(value));
  const lines = rows.map(({ day, at, organisation, accounts, expected, counts, percent, ...row }) => {
    const by = new Map(row.strength.map((each) => [each.acr, each.accounts]));
    return [
      ...[day, new Date(at).toISOString(), organisation?.id ?? '', organisation?.name ?? ''],
      ...[accounts, expected, counts.protected, percent].map(text),
      ...STRENGTHS.map((acr) => text(by.get(acr) ?? 0)),
      ...[row.recoveryOnly, ...CLASSES.map((each) => counts[each]), row.exempt, row.passwordAlone].map(text),
    ];
  });
  return csvText([HEADS, ...lines]);
}
