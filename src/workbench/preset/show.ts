import { boundState } from '../../config/login-types.ts';
import { presetNames } from '../../config/preset/load.ts';
import { stepsByScript } from '../../config/preset/order.ts';
import { placeOf } from '../../presets/readable.ts';
import { CommandMisused } from '../../terminal/exit.ts';
import { type Column, fields, json, list, type Output, type Value } from '../../terminal/output.ts';
import { doorText } from '../direct/doors.ts';
import { type Found, findPreset } from './load.ts';
import { predicateText, stepsText, testedText, whoamiText } from './words.ts';

const COLUMNS: readonly Column<Found>[] = [
  { name: 'preset', of: ({ preset }) => preset.id },
  { name: 'product', of: ({ preset }) => preset.title ?? preset.id },
  { name: 'tested', of: ({ preset }) => preset.tested, shown: ({ preset }) => testedText(preset.tested) },
  { name: 'bound', of: ({ login }) => boundState(login) },
  { name: 'steps', of: ({ login }) => stepsText(login), shown: ({ login }) => stepsText(login).join(', ') },
];

/** Those that met their product first, then those from documentation alone; each by name. */
export function listPresets(output: Output, asJson: boolean): void {
  const found = presetNames().map((name) => findPreset(name, { shown: true }));
  const untried = ({ preset }: Found) => Number(preset.tested.length === 0);
  const rows = found.toSorted((a, b) => untried(a) - untried(b));
  list(output, asJson, { columns: COLUMNS, rows, empty: 'There is no preset.' });
}

function signInLines({ login }: Found): [string, Value][] {
  return login.steps.flatMap((step, i): [string, Value][] => {
    const named = [step.account, step.realm].filter((name) => name !== null);
    const label = login.steps.length === 1 ? '' : ` ${i + 1}`;
    return [
      [`step${label}`, `${step.id}: ${stepsText({ ...login, steps: [step] })[0] ?? ''}`],
      [`  name`, named],
      [`  secret`, step.secret],
      [`  other fields`, step.pass === 'any-scalar' ? 'any single value' : step.pass],
      ...step.fail.map((each): [string, Value] => ['  fails when', predicateText(each)]),
      ...step.ok.map((each): [string, Value] => ['  succeeds when', predicateText(each)]),
      ...(step.next?.when ?? []).map((each): [string, Value] => [`  leads to ${step.next?.step}`, predicateText(each)]),
    ];
  });
}

function guardText({ login: { guard } }: Found): string {
  const sets = guard.sets.map((set) => set.join(' with '));
  const query = guard.query.map((name) => `${name} in the address`);
  const headers = guard.headers.map((name) => `header ${name}`);
  return [...guard.fields, ...sets, ...query, ...headers].join(', ');
}

function lines(found: Found): [string, Value][] {
  const { preset, login } = found;
  const params = Object.entries(preset.params ?? {}).map(([name, value]) =>
    value === null ? `${name} (must be set)` : `${name}=${value}`,
  );
  const cookies = login.sessionCookies.map(({ source }) => source);
  return (
    [
      ['preset', preset.id],
      ['product', preset.title ?? preset.id],
      ['tested', testedText(preset.tested)],
      ['bound', boundState(login)],
      ['parameters', params.join(', ')],
      ['people sign in at', login.entry],
      ...signInLines(found),
      ['sent by a script', stepsByScript(preset, login)],
      ['who is signed in', whoamiText(login)],
      ['folds names by', login.names.fold],
      ['session cookies', cookies.join(', ')],
      ['browsers may see', login.browserCookies.map(({ source }) => source).join(', ')],
      ...login.anon.map((each): [string, Value] => [
        'open before signing in',
        `${placeOf(each.path, each.query)}${each.static ? ' (static)' : ''}${each.toEntry ? ' (leads to the sign-in page)' : ''}`,
      ]),
      ['refused elsewhere', guardText(found)],
      ...login.doors.map((door): [string, Value] => ['other way in, refused', doorText(door)]),
      ...login.limits.map((limit): [string, Value] => ['not carried', limit]),
      ['note', preset.note],
      ['file', found.file],
    ] satisfies [string, Value][]
  ).filter(([, value]) => value !== '' && value !== undefined && !(Array.isArray(value) && value.length === 0));
}

export function showPreset(output: Output, name: string, how: { json?: true; yaml?: true }): void {
  if (how.yaml === true && how.json === true) throw new CommandMisused('Give either --yaml or --json, not both.');
  const found = findPreset(name, { shown: true });
  if (how.yaml === true) output.line(found.text.trimEnd());
  else if (how.json === true) json(output, { file: found.file, bound: boundState(found.login), ...found.preset });
  else output.line(fields(lines(found)));
}
