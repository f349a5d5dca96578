import { z } from 'zod';
import { sha256 } from '../lib/bytes.ts';
import type { DirectoryAccount } from '../store/types.ts';

const text = z.string().max(1024);

/** What a directory tells of a person, as it is kept: nothing here decides who gets in. */
export const personForm = z.strictObject({
  displayName: text.optional(),
  name: z
    .strictObject({
      formatted: text.optional(),
      familyName: text.optional(),
      givenName: text.optional(),
      middleName: text.optional(),
      honorificPrefix: text.optional(),
      honorificSuffix: text.optional(),
    })
    .readonly()
    .optional(),
  emails: z
    .array(
      z
        .strictObject({
          value: text,
          display: text.optional(),
          type: text.optional(),
          primary: z.boolean().optional(),
        })
        .readonly(),
    )
    .max(20)
    .readonly()
    .optional(),
});
export type Person = Readonly<z.infer<typeof personForm>>;

/** An account as the directory of its organisation sees it. Moments in ms. */
export const directoryView = z.strictObject({
  id: z.string(),
  name: z.string(),
  externalId: z.string().nullable(),
  active: z.boolean(),
  email: z.string().nullable(),
  groups: z.array(z.string()).readonly(),
  person: personForm,
  createdAt: z.number(),
  /** Another text each time that anything of the above has changed. */
  version: z.string(),
});
export type DirectoryView = Readonly<z.infer<typeof directoryView>>;

/** Characters of a version: 96 bits are enough to tell two states of one account apart. */
const VERSION_LENGTH = 16;

/** The address that notices go to: the primary one, else one for work, else the first. */
export function emailOf({ emails = [] }: Person): string | undefined {
  const chosen =
    emails.find(({ primary }) => primary === true) ?? emails.find(({ type }) => type === 'work') ?? emails[0];
  return chosen?.value;
}

/** What is not of this form was not written by us, and says nothing. */
function personOf(json: string | undefined): Person {
  if (json === undefined) return {};
  const parsed = personForm.safeParse(JSON.parse(json));
  return parsed.success ? parsed.data : {};
}

/** An address that was changed here since is the one that is true; the directory's are then none. */
function withEmail(person: Person, email: string | null): Person {
  if ((emailOf(person) ?? null) === email) return person;
  const { emails: _, ...rest } = person;
  return email === null ? rest : { ...rest, emails: [{ value: email, type: 'work', primary: true }] };
}

/** Another text for every other value. */
export function versionOf(value: object): string {
  return sha256(JSON.stringify(value)).slice(0, VERSION_LENGTH);
}

export function directoryViewOf({ account, directory }: DirectoryAccount): DirectoryView {
  const { id, name, email, groups, createdAt, disabledAt } = account;
  const shown = {
    id,
    name,
    externalId: directory?.externalId ?? null,
    active: disabledAt === null,
    email,
    groups,
    person: withEmail(personOf(directory?.person), email),
    createdAt,
  };
  return { ...shown, version: versionOf(shown) };
}
