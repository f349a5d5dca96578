import type { Draft, DraftStep } from './draft.ts';

const isText = (value: string | undefined): value is string => value !== undefined;

function stepLine({ on, type, account, secret, need, script }: DraftStep): string {
  const fields = type === 'basic' ? [] : [account, ...(secret ?? []), ...Object.keys(need ?? {})].filter(isText);
  const by = script === true ? ', sent by a script' : '';
  return `  ${on.method} ${on.path.join(' or ')} (${type}${by})${fields.length === 0 ? '' : `: ${fields.join(', ')}`}`;
}

function binding({ whoami, account }: Draft): string[] {
  if ('one' in account)
    return ['The app has one account and no names. Say in held_by who holds it, or nobody is let through.'];
  if (whoami !== undefined)
    return [
      `Bound by the app's own word: after each sign-in, and again and again, ${whoami.get} is asked who is signed in. Anybody else than whoever passed the factor is shown out.`,
    ];
  return [
    'Bound by the sign-in form alone: no page was seen that names whoever is signed in, and nobody else.',
    'To have it bound by the app itself, find an address that shows the name of the account, look at it while recording in a browser, or write whoami by hand.',
  ];
}

/** What was found, for the operator who puts it to use. `file`: the preset as a configuration names it. */
export function summary(draft: Draft, file: string): readonly string[] {
  const { login, session, logout, doors = [], account, longest_line: longest } = draft;
  const out = logout?.map(({ path }) => String(path)).join(', ');
  const spelt = 'fold' in account && account.fold.length > 0 ? account.fold.join(', ') : 'letter by letter';
  return [
    '',
    'What signs in:',
    ...login.map(stepLine),
    ...binding(draft),
    `The session of the app is in ${session.cookies.length === 0 ? 'no cookie' : session.cookies.join(', ')}; names are told apart ${spelt}.`,
    out === undefined
      ? 'What signs out of the app was not found; to sign out of Sallyport ends its session all the same.'
      : `${out} signs out of the app.`,
    ...(longest === undefined
      ? []
      : [`Its server cuts lines of a head that are longer than ${longest} bytes: such requests are refused.`]),
    doors.length === 0
      ? 'None of the well-known other ways in answered: list those that your app has under doors.'
      : `Other ways in, which are refused from now on: ${doors.map(({ path }) => String(path)).join(', ')}.`,
    `Use it with: login: { preset: ${file} }`,
  ];
}
