import type { BoundLogin, LoginStep } from '../login-types.ts';
import { knownOf } from '../source.ts';
import type { PresetFinding } from './compile-parts.ts';
import { takesBeginning, takesPart } from './glob.ts';
import type { WrittenPreset, WrittenStep, WrittenWhoami } from './schema.ts';

/** A target of the app's own origin: `//host` is another one, and a fragment is never sent. */
const TARGET = /^\/(?!\/)[!"$-~]*$/;

export function isTarget(text: string): boolean {
  return TARGET.test(text);
}

/** How a field is named in each kind of body. */
const FIELDS: Readonly<Record<LoginStep['type'], readonly [form: RegExp, sentence: string]>> = {
  form: [/^[^/]/, 'Expected the name of a form field, without a slash.'],
  json: [/^\//, 'Expected a JSON pointer that begins with /, such as /userName.'],
  xml: [/^[^/]+(?:\/[^/]+)+$/, 'Expected the path of an element, such as config-auth/auth/username.'],
  basic: [/^basic$/, 'Expected basic: the header has one name and one password.'],
};

function* fieldFaults(step: WrittenStep, at: number): Generator<PresetFinding> {
  const [form, message] = FIELDS[step.type];
  const named: readonly (readonly [key: string, fields: readonly string[]])[] = [
    ['account', step.account === undefined ? [] : [step.account]],
    ['realm', step.realm == null ? [] : [step.realm]],
    ['secret', step.secret ?? []],
    ['pass', step.pass === undefined || step.pass === 'any-scalar' ? [] : step.pass],
    ['need', Object.keys(step.need ?? {})],
    ['check', Object.keys(step.check ?? {})],
  ];
  // A parameter may hold any name; the operator knows it.
  for (const [key, fields] of named)
    for (const field of fields)
      if (!field.startsWith('${') && !form.test(field)) yield { path: ['login', at, key], message };
}

/** A step that ends a sign-in must know whose it is: from itself, from a step before, or because there is one account alone. */
function* stepFaults({ login, account }: WrittenPreset): Generator<PresetFinding> {
  const ids = new Set<string>();
  let named = account?.one !== undefined;
  for (const [at, step] of login.entries()) {
    yield* fieldFaults(step, at);
    if (ids.has(step.id))
      yield { path: ['login', at, 'id'], message: 'Another step above has this id. Each needs a name of its own.' };
    ids.add(step.id);
    named ||= step.account !== undefined;
    if (!named && (step.ok !== undefined || step.secret !== undefined)) {
      yield {
        path: ['login', at, 'account'],
        message:
          'Say which field holds the account name, here or in a step before; where there is none, the app has one account: account.one.',
      };
      // Said once, it is known to the steps that follow.
      named = true;
    }
    if (account?.one !== undefined && step.account === undefined && step.pass === 'any-scalar')
      yield {
        path: ['login', at, 'pass'],
        message: 'List the fields that pass: where a sign-in has no name, any other field may be one.',
      };
    if (step.ok === undefined && step.next == null)
      yield { path: ['login', at, 'ok'], message: 'Say how success looks (ok), or which step follows (next).' };
  }
  for (const [at, { next }] of login.entries())
    if (next != null && !ids.has(next.step))
      yield { path: ['login', at, 'next', 'step'], message: `There is no such step. ${knownOf(next.step, [...ids])}` };
  if (login.length > 0 && login.every(({ ok, next }) => ok === undefined && next != null))
    yield { path: ['login'], message: 'No step says how success looks (ok).' };
}

/** `probe` is answered by asking the app. */
function* probeFaults({ login, lost }: WrittenPreset, asked: boolean): Generator<PresetFinding> {
  const message = 'Only an app that can be asked answers this: give whoami with get or post.';
  for (const [at, step] of login.entries()) {
    const parts = [
      ['fail', step.fail ?? []],
      ['ok', step.ok ?? []],
      ['next', step.next?.when ?? []],
    ] as const;
    for (const [key, predicates] of parts)
      if (!asked && predicates.some(({ probe }) => probe !== undefined)) yield { path: ['login', at, key], message };
  }
  for (const [at, { probe }] of (lost ?? []).entries())
    if (probe !== undefined)
      yield {
        path: ['lost', at, 'probe'],
        message: 'An answer shows by itself that the session is over. Remove probe.',
      };
}

/** In exactly one way who is asked, and in exactly one where the name stands, taken out of the text around it. */
export function* whoamiFaults(written: WrittenWhoami, compiled: BoundLogin['whoami']): Generator<PresetFinding> {
  const { get, post, from, find, header, location, json, cookie, decode } = written;
  const count = (...given: readonly unknown[]) => given.filter((each) => each !== undefined).length;
  const places = count(find, location, json, cookie);
  if (count(get, post, from) !== 1)
    yield { path: [], message: 'Say in exactly one way who is asked: get, post, or from: login.' };
  if (places !== 1)
    yield { path: [], message: 'Say in exactly one way where the name stands: find, location, json or cookie.' };
  if (header !== undefined && find === undefined && places > 0)
    yield { path: ['header'], message: 'Say with find what of the header is the name, or remove it.' };
  if (decode !== undefined && cookie === undefined && header === undefined && places > 0)
    yield { path: ['decode'], message: 'Only a cookie or a header is decoded. Remove it.' };
  if (json !== undefined && !json.startsWith('${') && !json.startsWith('/'))
    yield { path: ['json'], message: 'Expected a JSON pointer that begins with /.' };
  if (compiled === null) return;
  const { ask, name } = compiled;
  // Nothing stands for what could not be filled in, which is a fault already.
  if (ask !== null && ask.target !== '' && !isTarget(ask.target))
    yield { path: [get === undefined ? 'post' : 'get'], message: 'Expected a target that begins with one /.' };
  // Without a group the name would be whatever the pattern matches, the text around it included.
  if (!('find' in name) || name.find.source === '') return;
  const path = [name.in === 'location' ? 'location' : 'find'];
  const { source } = name.find;
  if (!takesPart(source)) yield { path, message: 'Put brackets around the name: (…) is what is taken.' };
  else if (takesBeginning(source))
    yield {
      path,
      message: 'Say what stands behind the name, such as (…)<: of a longer name its beginning would be taken.',
    };
}

function* sessionFaults({ login, session }: WrittenPreset): Generator<PresetFinding> {
  if (login.length > 0 && session.cookies.length === 0 && (session.vault ?? []).length === 0)
    yield {
      path: ['session', 'cookies'],
      message: 'Say which cookies, or which token (vault), stand for the session.',
    };
  for (const [at, { json, xml }] of (session.vault ?? []).entries())
    if ((json === undefined) === (xml === undefined))
      yield { path: ['session', 'vault', at], message: 'Say in exactly one way where the token stands: json or xml.' };
}

/**
 * Whether a preset is whole: who signs in, how that is known and what the session is must be said, and what is said must
 * fit together. `replaced`: the operator says how the app is asked, in place of the preset.
 */
export function checkWhole(preset: WrittenPreset, login: BoundLogin, replaced: boolean): PresetFinding[] {
  const faults: PresetFinding[] = [];
  const { whoami, assurance } = preset;
  if (whoami !== undefined && assurance !== undefined)
    faults.push({
      path: ['assurance'],
      message: 'With whoami there is more than the login form. Remove one of the two.',
    });
  if (whoami === undefined && assurance === undefined && !replaced)
    faults.push({
      path: ['whoami'],
      message:
        'Required: how the app is asked who is signed in (whoami), or that it cannot be asked (assurance: login-form).',
    });
  if (preset.login.length === 0 && login.authorization.length === 0)
    faults.push({ path: ['login'], message: 'Say how people sign in: a step, or authorization: [basic].' });
  if (login.entry !== '' && !isTarget(login.entry))
    faults.push({ path: ['entry'], message: 'Expected a target that begins with one /.' });
  // Where nothing says how it is asked, that is told above, and once.
  const untold = whoami === undefined && assurance === undefined && !replaced;
  const asked = untold || (login.whoami !== null && login.whoami.ask !== null);
  return [...faults, ...stepFaults(preset), ...probeFaults(preset, asked), ...sessionFaults(preset)];
}
