import { CONSOLE } from '../../../../config/console.ts';
import { type Html, html } from '../../../../lib/html.ts';
import type { CountedOrganisation } from '../../../../manage/organisations.ts';
import type { Grant } from '../../../../roles.ts';
import type { Words } from '../../../words/shape.ts';
import { organisationAddress } from '../../address.ts';
import { type Option, select, type Typed, typedField, wrongOf } from './form.ts';

/** Organisations that a reader may know of, by id. */
export type Organisations = ReadonlyMap<string, CountedOrganisation>;

export function byId(rows: readonly CountedOrganisation[]): Organisations {
  return new Map(rows.map((row) => [row.id, row]));
}

/** So many stand in a list to choose from; of more, the name is typed. */
const LISTED = 40;

/** As it is told apart: by its realm too, where several are. */
function nameOf({ name, realm }: OrganisationListed, realms: number): string {
  return realms > 1 ? `${name} (${realm})` : name;
}

/** What a list to choose from says of one. */
export type OrganisationListed = Pick<CountedOrganisation, 'id' | 'name' | 'realm'>;

export interface OrganisationField {
  readonly organisations: ReadonlyMap<string, OrganisationListed>;
  readonly label: string;
  /** What is meant where none is chosen. Absent: one must be. */
  readonly none?: string;
  readonly value?: string | undefined;
  readonly id?: string;
  readonly name?: string;
}

/** A choice of an organisation; where there are many, its name is typed. */
export function organisationField(words: Words, typed: Typed, parts: OrganisationField): Html {
  const { organisations, label, none, id, name = 'organisation' } = parts;
  const value = typed.value(name) ?? parts.value;
  const rows = [...organisations.values()];
  const named = id === undefined ? { name } : { name, id };
  if (rows.length > LISTED) {
    const text = value === undefined ? '' : (organisations.get(value)?.name ?? value);
    const optional = none === undefined ? {} : { optional: words.common.optional };
    return typedField(words, typed, {
      ...named,
      label,
      hint: words.consoleWords.organisationHint,
      value: text,
      ...optional,
    });
  }
  const realms = new Set(rows.map(({ realm }) => realm)).size;
  const options = rows.map((row): Option => [row.id, nameOf(row, realms)]);
  return select({
    ...named,
    label,
    value,
    error: wrongOf(words, typed, name),
    options: none === undefined ? options : [['', none], ...options],
  });
}

/** The name of an organisation, with its page behind it. */
export function organisationLink(words: Words, organisations: Organisations, id: string): Html {
  const row = organisations.get(id);
  if (row === undefined) return html`<span class="soft">${words.consoleWords.otherOrganisation}</span>`;
  return html`<a href="${organisationAddress(id)}"><bdi>${row.name}</bdi></a>`;
}

/** An app as people know it: by its id; the console has a name of ours. */
export function appText({ consoleShell }: Words, id: string): string {
  return id === CONSOLE ? consoleShell.name : id;
}

/** The same on a page: a word of ours stays whole, what others have named may be broken where there is no room. */
export function appWords(words: Words, id: string): Html {
  return id === CONSOLE ? html`<span>${words.consoleShell.name}</span>` : html`<bdi>${id}</bdi>`;
}

/** For what a role is held. */
export function heldFor(words: Words, organisations: Organisations, { organisation }: Grant): Html {
  if (organisation === null) return html`${words.consoleWords.everything}`;
  return organisationLink(words, organisations, organisation);
}

/** A role, and for what it is held. */
export function grantWords(words: Words, organisations: Organisations, grant: Grant): Html {
  return html`<span class="tag">${words.consoleWords.roles[grant.role]}</span> ${heldFor(words, organisations, grant)}`;
}
