import type { Who } from '../../presets/types.ts';
import type { Credentials } from './posting.ts';
import type { AppUnderTest, SignedIn } from './sign-in.ts';

/** What a preset is tried with. */
export interface Trial extends AppUnderTest {
  readonly first: Credentials;
  readonly second: Credentials | null;
}

/** A name in quotation marks, so that blanks in it are seen. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

/** What the app says who is signed in. */
export function spoken(who: Who | null): string {
  if (who === null) return 'no whoami';
  if (who.kind === 'both') return 'whoami says a name and nobody at once';
  if (who.kind === 'unclear') return 'whoami says neither a name nor nobody';
  return who.kind === 'name' ? `whoami says ${quoted(who.name)}` : 'whoami says nobody';
}

/** What came of a sign-in. */
export function told({ outcome, why, who, answer }: SignedIn): string {
  const status = answer === null ? '' : `, ${answer.status}`;
  return `${outcome}${status}${why === null ? '' : `: ${why}`}${who === null ? '' : `; ${spoken(who)}`}`;
}
