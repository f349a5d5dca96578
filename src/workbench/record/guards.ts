import { textOf } from '../../presets/answer.ts';
import { withoutEntities } from '../../presets/whoami.ts';
import { formsIn } from '../direct/forms.ts';
import type { Draft } from './draft.ts';
import { linksIn } from './links.ts';
import type { Recording } from './recording.ts';

function inQuery(target: string): string[] {
  const mark = target.indexOf('?');
  return mark < 0 ? [] : [...new URLSearchParams(withoutEntities(target.slice(mark + 1))).keys()];
}

/** Names that pages use for other things than signing in: in forms that ask for no password, and in the addresses of links. */
function usedElsewhere({ afterRight }: Recording): ReadonlySet<string> {
  const pages = afterRight.filter(({ method, answer }) => method === 'GET' && answer.status === 200);
  return new Set(
    pages.flatMap(({ target, answer }) => {
      const text = textOf(answer);
      const forms = formsIn(text).forms.filter(({ fields }) => fields.every(({ type }) => type !== 'password'));
      const named = forms.flatMap(({ fields }) => fields.map(({ name }) => name));
      return [...inQuery(target), ...named, ...linksIn(text).links.flatMap(inQuery)];
    }),
  );
}

/** Where the fields of the sign-in may stand: nowhere else, or not together, where the app has one of them for other things too. */
export function guardOf(recording: Recording, fields: readonly string[]): NonNullable<Draft['guard']> {
  const others = usedElsewhere(recording);
  return fields.length > 1 && fields.some((name) => others.has(name)) ? { sets: [fields] } : { fields };
}
