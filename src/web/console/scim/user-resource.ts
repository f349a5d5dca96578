import type { GroupView } from '../../../manage/directory-groups.ts';
import { type DirectoryView, type Person, personForm } from '../../../manage/directory-view.ts';
import { isComplex, listed } from '../../../scim/schema/attribute.ts';
import type { Complex, Resource, Value } from '../../../scim/schema/types.ts';
import { USER } from '../../../scim/schema/user.ts';
import { tagOf } from './asked.ts';

/** What a directory says of an account, apart from its name. */
export interface Wish {
  readonly externalId: string | null;
  readonly person: Person;
  readonly active: boolean | undefined;
}

/** Parts of a value that were given; zod's optional members are not there rather than undefined. */
function given(value: Readonly<Record<string, string | boolean | undefined>>): Complex {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, part]) => (part === undefined ? [] : [[name, part]])),
  );
}

function groupsOf({ groups }: DirectoryView, known: readonly GroupView[], base: string): readonly Complex[] {
  return known
    .filter(({ name }) => groups.includes(name))
    .map(({ id, displayName }) => ({ value: id, $ref: `${base}/Groups/${id}`, display: displayName }));
}

/** An account as RFC 7643 §4.1 has it. `known`: the groups of the directory, null where nobody asks for them. */
export function userResource(view: DirectoryView, known: readonly GroupView[] | null, base: string): Resource {
  const { id, name, externalId, active, person, createdAt, version } = view;
  const groups = known === null ? [] : groupsOf(view, known, base);
  return {
    schemas: [USER.schema.id],
    id,
    ...(externalId === null ? {} : { externalId }),
    meta: {
      resourceType: 'User',
      created: new Date(createdAt).toISOString(),
      location: `${base}/Users/${id}`,
      version: tagOf(version),
    },
    userName: name,
    ...(person.name === undefined ? {} : { name: given(person.name) }),
    ...(person.displayName === undefined ? {} : { displayName: person.displayName }),
    ...(person.emails === undefined ? {} : { emails: person.emails.map(given) }),
    active,
    ...(groups.length === 0 ? {} : { groups }),
  };
}

export function textOf(value: Value | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** What a resource says of an account. Its values were read by the schema, whose form `person` is. */
export function wishOf(resource: Resource): Wish {
  const { displayName, name, active } = resource;
  const emails = listed(resource['emails']).filter(isComplex);
  return {
    externalId: textOf(resource['externalId']) ?? null,
    active: typeof active === 'boolean' ? active : undefined,
    person: personForm.parse({
      ...(typeof displayName === 'string' ? { displayName } : {}),
      ...(name !== undefined && isComplex(name) ? { name } : {}),
      ...(emails.length === 0 ? {} : { emails }),
    }),
  };
}
