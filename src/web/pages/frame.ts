import type { Brand } from '../brand.ts';
import type { OrganisationShown } from '../looks.ts';
import type { Words } from '../words/shape.ts';

/** What the operator tells people who are stuck (configuration `help`). Either may be empty. */
export interface Help {
  readonly text: string;
  readonly contact: string;
}

/** What every page is told besides its own matter. */
export interface Frame {
  /** The catalogue of the person's language. */
  readonly words: Words;
  /** Host name of the portal, as the person knows it; null where no app is known. */
  readonly site: string | null;
  /** Whose page it is, where the address or a link says so; beside the site, never in its place. */
  readonly organisation?: OrganisationShown | null;
  readonly help: Help;
  readonly brand: Brand;
  /** Name of the account that is signed in at this app; null where nobody is. */
  readonly account: string | null;
  /** IANA name of the zone of all times shown. */
  readonly timeZone: string;
  /** Whether the app takes passkeys at this origin. */
  readonly passkeys: boolean;
  /** Where the language switch leads back to: a path and query of this origin; null: no switch (the page is shown once). */
  readonly here: string | null;
}
