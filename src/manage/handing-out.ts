import type { Config } from '../config/types.ts';
import { lettersApart } from '../letters/apart.ts';
import type { Letter } from '../letters/types.ts';
import { csvText } from '../lib/csv-text.ts';
import type { LanguageCode } from '../lib/languages.ts';
import { warranted } from './administration.ts';
import type { ManageContext } from './context.ts';
import type { LetterWish } from './import-line.ts';
import { placesOf, readLine } from './import-line.ts';
import { type LineFault, readLines } from './import-text.ts';
import { listOrganisations, type OrganisationView } from './organisations.ts';
import type { ManyIssued } from './tickets.ts';

type Issued = readonly ManyIssued[];

/** Letters of one answer that is held whole. */
export const MOST_LETTERS = 1000;

/** Who hands out: what stands in letters besides what is theirs. */
export type Sender = Pick<Config, 'help' | 'pages'>;

/** What a list says of the people in it, by realm and account name; kept nowhere. */
export type LetterWishes = ReadonlyMap<string, LetterWish>;

const keyOf = (realm: string, name: string): string => JSON.stringify([realm, name]);

/** Whom a list names. */
export interface Listed {
  /** Canonical names, by realm. */
  readonly names: ReadonlyMap<string, readonly string[]>;
  readonly wishes: LetterWishes;
  readonly faults: readonly LineFault[];
}

/** Whom a CSV text names, and what it says for letters. Throws nothing for a text; `forbidden` for whoever may see no organisation. */
export async function listed(ctx: ManageContext, text: string): Promise<Listed> {
  const read = await readLines(text);
  if (!('columns' in read)) return { names: new Map(), wishes: new Map(), faults: read };
  // As far as the asker sees: a line may name an organisation.
  const lines = await warranted(ctx, listOrganisations, async (within) => {
    const places = await placesOf(within);
    return read.rows.map((row) => readLine(within, read.columns, row, places));
  });
  const good = lines.flatMap((line) => ('message' in line ? [] : [line]));
  const byRealm = Map.groupBy(good, ({ realm }) => realm);
  return {
    names: new Map([...byRealm].map(([realm, those]) => [realm, those.map(({ name }) => name)])),
    wishes: new Map(good.map(({ realm, name, letter }) => [keyOf(realm, name), letter])),
    faults: lines.flatMap((line) => ('message' in line ? [line] : [])),
  };
}

/** The language of each whom a list names. */
export function languageIn(wishes: LetterWishes): (realm: string, name: string) => LanguageCode | undefined {
  return (realm, name) => wishes.get(keyOf(realm, name))?.language;
}

async function organisationsOf(ctx: ManageContext): Promise<ReadonlyMap<string, OrganisationView>> {
  return new Map((await listOrganisations.ask(ctx, {})).map((each) => [each.id, each]));
}

/** Links as CSV, the secret in each: account, realm, organisation, email, link, expires. A field is never a formula. */
export async function linksCsv(ctx: ManageContext, issued: Issued): Promise<string> {
  const organisations = await organisationsOf(ctx);
  const rows = issued.map(({ accountName, realm, organisationId, email, links, expiresAt }) => [
    ...[accountName, realm, organisations.get(organisationId)?.name ?? organisationId, email ?? ''],
    ...[links[0]?.url ?? '', new Date(expiresAt).toISOString()],
  ]);
  return csvText([['account', 'realm', 'organisation', 'email', 'link', 'expires'], ...rows]);
}

/** A letter for each link, in their order. */
export async function lettersFor(
  ctx: ManageContext,
  issued: Issued,
  sender: Sender,
  wishes: LetterWishes = new Map(),
): Promise<readonly Letter[]> {
  const organisations = await organisationsOf(ctx);
  const { pages, help } = sender;
  const logo = pages.logo?.type === 'image/png' ? pages.logo.body : null;
  return issued.map(({ accountName, realm, organisationId, links, expiresAt }): Letter => {
    const { name, address = [], language = pages.language } = wishes.get(keyOf(realm, accountName)) ?? {};
    const { name: organisation = '', contact = '' } = organisations.get(organisationId) ?? {};
    return {
      ...{ name: name ?? accountName, address, organisation: { name: organisation, contact } },
      sender: { name: pages.name, address: [], logo },
      ...{ link: links[0]?.url ?? '', expiresAt, language, timeZone: pages.timeZone, help },
    };
  });
}

/** The links of one act as a document, for a face that answers it whole; null where there is none. */
export async function handedOut(
  ctx: ManageContext,
  issued: Issued,
  as: 'csv' | 'letters',
): Promise<{ readonly type: string; readonly name: string; readonly body: string } | null> {
  if (issued.length === 0) return null;
  if (as === 'csv') {
    const text = Buffer.from(`\ufeff${await linksCsv(ctx, issued)}`);
    return { type: 'text/csv; charset=utf-8', name: 'links.csv', body: text.toString('base64') };
  }
  const items = await lettersFor(ctx, issued, ctx.config);
  const pieces: Uint8Array[] = [];
  const { language } = ctx.config.pages;
  for await (const piece of lettersApart(items, { madeAt: ctx.clock.now(), language })) pieces.push(piece);
  return { type: 'application/pdf', name: 'letters.pdf', body: Buffer.concat(pieces).toString('base64') };
}
