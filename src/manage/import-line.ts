import { canonicalName } from '../accounts/name.ts';
import { SallyportError } from '../errors.ts';
import type { CsvRecord } from '../lib/csv.ts';
import { LANGUAGES, type LanguageCode } from '../lib/languages.ts';
import { fieldFault } from './accounts.ts';
import type { ManageContext } from './context.ts';
import { nameFault, needRealm } from './find.ts';
import { type Column, type LineFault, shown } from './import-text.ts';
import { organisationFor } from './organisations.ts';

/** What one line says of an account; what it leaves empty it does not say. */
export interface Wish {
  readonly line: number;
  readonly realm: string;
  /** Canonical. */
  readonly name: string;
  readonly email: string | undefined;
  readonly groups: readonly string[] | undefined;
  /** Id. */
  readonly organisation: string | undefined;
  readonly letter: LetterWish;
}

/** What a letter to the person says; kept nowhere. */
export interface LetterWish {
  readonly name: string | undefined;
  readonly address: readonly string[];
  readonly language: LanguageCode | undefined;
}

/** Where accounts may belong: organisations within the asker's reach. */
export interface Places {
  /** Ids, by realm and name, and by realm and id. */
  readonly known: ReadonlyMap<string, string>;
  /** Where an account of a realm belongs whose line does not say; or why it must. */
  readonly fallback: ReadonlyMap<string, string | SallyportError>;
}

const placed = (realm: string, nameOrId: string): string => JSON.stringify([realm, nameOrId]);

async function fallbacksOf(ctx: ManageContext): Promise<Places['fallback']> {
  const found = new Map<string, string | SallyportError>();
  for (const realm of ctx.config.realms.keys()) {
    found.set(
      realm,
      await organisationFor(ctx, realm, undefined).catch((error: unknown) => {
        if (error instanceof SallyportError && error.code === 'usage') return error;
        throw error;
      }),
    );
  }
  return found;
}

/** Read once for all lines. */
export async function placesOf(ctx: ManageContext): Promise<Places> {
  const rows = await ctx.store.organisations.list(ctx.reach ?? new Set<string>());
  const named = rows.map(({ realm, name, id }) => [placed(realm, name), id] as const);
  // Ids last, and so before names: one that is called as another's id must not be taken for it.
  const known = new Map([...named, ...rows.map(({ realm, id }) => [placed(realm, id), id] as const)]);
  return { known, fallback: await fallbacksOf(ctx) };
}

const LETTER_TEXT = 200;
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd]/u;

class Faulty extends Error {
  readonly column: Column | null;

  constructor(column: Column | null, message: string) {
    super(message);
    this.column = column;
  }
}

type Values = (column: Column) => string | undefined;

function letterOf(value: Values): LetterWish {
  const seen = (column: 'name' | 'address'): string | undefined => {
    const text = value(column);
    if (text !== undefined && (text.length > LETTER_TEXT * 4 || UNSEEN.test(text) || !text.isWellFormed()))
      throw new Faulty(column, 'it holds characters that are not seen, or too many');
    return text;
  };
  const [name, address, code] = [seen('name'), seen('address'), value('language')?.toLowerCase()];
  const language = LANGUAGES.find((each) => each.code === code)?.code;
  if (code !== undefined && language === undefined)
    throw new Faulty(
      'language',
      `there is no language ${shown(code)}; there are: ${LANGUAGES.map((each) => each.code).join(', ')}`,
    );
  const lines = (address ?? '').split('|').map((line) => line.trim());
  return { name, address: lines.filter((line) => line !== ''), language };
}

/** The same error as a fault of that column. */
function inColumn<T>(column: Column, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SallyportError && error.code === 'usage') throw new Faulty(column, error.message);
    throw error;
  }
}

function wishOf(ctx: ManageContext, value: Values, places: Places, line: number): Wish {
  const typed = value('account');
  if (typed === undefined) throw new Faulty('account', 'the account name is missing');
  const realm = inColumn('realm', () => needRealm(ctx, value('realm')));
  const name = canonicalName(typed, realm);
  if (name === undefined) throw new Faulty('account', nameFault(typed, realm));
  const groups = value('groups')
    ?.split(/[,;\s]+/)
    .filter((group) => group !== '');
  const email = value('email');
  for (const [column, fault] of [
    ['email', fieldFault(email, [])],
    ['groups', fieldFault(undefined, groups ?? [])],
  ] as const)
    if (fault !== undefined) throw new Faulty(column, fault);
  const place = value('organisation');
  const organisation = place === undefined ? undefined : places.known.get(placed(realm.id, place));
  if (place !== undefined && organisation === undefined)
    throw new Faulty('organisation', `there is no organisation ${shown(place)} in realm ${realm.id}`);
  return { line, realm: realm.id, name, email, groups, organisation, letter: letterOf(value) };
}

/** What a line says, or what is wrong with it. Asks no store. */
export function readLine(
  ctx: ManageContext,
  columns: readonly string[],
  { line, fields }: CsvRecord,
  places: Places,
): Wish | LineFault {
  if (fields.slice(columns.length).some((field) => field !== ''))
    return { line, column: null, message: `there are ${fields.length} fields for ${columns.length} columns` };
  const value: Values = (column) => fields[columns.indexOf(column)]?.trim() || undefined;
  try {
    return wishOf(ctx, value, places, line);
  } catch (error) {
    if (!(error instanceof Faulty)) throw error;
    return { line, column: error.column, message: error.message };
  }
}
