import type { BoundLogin, LoginStep } from '../../src/config/login-types.ts';
import { targetOf } from './preset-app.ts';

/** A field of a form as a page writes it. */
export interface Control {
  readonly name: string;
  readonly value: string;
  readonly type: string;
  /** More of its tag. */
  readonly more?: string;
}

/** A form, and what stands around it. */
export interface PageForm {
  readonly attributes: Readonly<Record<string, string>>;
  readonly controls: readonly Control[];
  /** Button and more, within the form. */
  readonly inner: string;
  readonly before: string;
  readonly after: string;
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
export const spelt = (selector: string): string => selector.replace(/^\*/, 'ctl00');

export function controlText({ name, value, type, more = '' }: Control): string {
  return `<input type="${type}" name="${escaped(name)}" value="${escaped(value)}" ${more}>`;
}

export function pageText({ attributes, controls, inner, before, after }: PageForm): string {
  const words = Object.entries(attributes).map(([name, value]) => ` ${name}="${escaped(value)}"`);
  return `${before}<form${words.join('')}>${controls.map(controlText).join('')}${inner}</form>${after}`;
}

function others({ pass, check }: LoginStep): readonly string[] {
  return pass === 'any-scalar' ? [] : pass.filter((name) => !check.has(name));
}

/** The form of the first step as the preset itself has it. */
export function expectedForm(login: BoundLogin, step: LoginStep): PageForm {
  const control =
    (type: string, value = '') =>
    (name: string): Control => ({ name: spelt(name), value, type });
  const need = [...step.need].map(([name, allowed]) => control('hidden', allowed === 'any' ? 'x' : allowed[0])(name));
  return {
    attributes: { method: step.on.method.toLowerCase(), action: targetOf(login) },
    controls: [
      ...need,
      ...others(step).map(control('hidden', 'x')),
      ...[step.account, step.realm]
        .filter((name) => name !== null && !step.need.has(name))
        .map((name) => control('text')(name ?? '')),
      ...step.secret.map(control('password')),
    ],
    inner: '<button>Sign in</button>',
    before: '<!doctype html><title>Sign in</title>',
    after: '',
  };
}

/** What must be said of a form: that it is the step, what it does instead, or that there is nothing to compare. */
export interface Mutation {
  readonly what: string;
  readonly page: string;
  /** `step`: it is. Else what is said, with its verdict. */
  readonly says: 'step' | RegExp;
  readonly verdict?: 'fail' | 'note';
  /** Besides, of a form that is the step. */
  readonly besides?: RegExp;
}

const ELSEWHERE = '/zz-elsewhere/in';

function quoted(text: string): string {
  return RegExp.escape(text);
}

/** A way in that the preset forbids, as an address; null: it has none that a POST of a form could be sent to. */
export function doorOf({ doors }: BoundLogin): string | null {
  const plain = doors.find(
    ({ method, header, query, path, text }) =>
      (method === null || method === 'POST') &&
      header === null &&
      query === 'any' &&
      !/[*{]/.test(text) &&
      path.test(text.split(' ').at(-1) ?? ''),
  );
  return plain?.text.split(' ').at(-1) ?? null;
}

/** Where a form leads. */
function addresses(base: PageForm, login: BoundLogin, expects: string): Mutation[] {
  const { attributes } = base;
  const with_ = (more: Record<string, string>, rest: Partial<PageForm> = {}) =>
    pageText({ ...base, ...rest, attributes: { ...attributes, ...more } });
  const { method: _none, ...withoutMethod } = attributes;
  const target = attributes['action'] ?? '';
  const cut = target.lastIndexOf('/', target.includes('?') ? target.indexOf('?') : target.length) + 1;
  const unknown = new RegExp(
    `^goes to POST ${ELSEWHERE}, where the preset knows no sign-in; the preset expects ${quoted(expects)}`,
  );
  const past = /^leads past us, to https:\/\/elsewhere\.example/;
  const door = doorOf(login);
  return [
    { what: 'as it is expected', page: pageText(base), says: 'step' },
    { what: 'another address', page: with_({ action: ELSEWHERE }), says: unknown },
    ...(door === null
      ? []
      : [
          {
            what: 'a door',
            page: with_({ action: door }),
            says: new RegExp(`^goes to POST ${quoted(door)}, which we refuse: `),
          },
        ]),
    { what: 'another origin', page: with_({ action: 'https://elsewhere.example/in' }), says: past },
    {
      what: 'another origin by two strokes',
      page: with_({ action: '//elsewhere.example/in' }),
      says: /^leads past us/,
    },
    { what: 'another method', page: with_({ method: 'get' }), says: /^goes to GET / },
    { what: 'no method', page: pageText({ ...base, attributes: withoutMethod }), says: /^goes to GET / },
    { what: 'a dialog', page: with_({ method: 'dialog' }), says: /^is sent nowhere/ },
    { what: 'files', page: with_({ enctype: 'multipart/form-data' }), says: /^is sent as multipart\/form-data/ },
    {
      what: 'a base elsewhere',
      page: with_({ action: 'in' }, { before: '<base href="/zz-elsewhere/x">' }),
      says: unknown,
    },
    {
      what: 'a base of another origin',
      page: with_({ action: 'in' }, { before: '<base href="https://elsewhere.example/">' }),
      says: past,
    },
    {
      what: 'a base that leads there',
      page: with_({ action: `./${target.slice(cut)}` }, { before: `<base href="${escaped(target.slice(0, cut))}">` }),
      says: 'step',
    },
    {
      what: 'the button leads elsewhere',
      page: with_({}, { inner: `<button formaction="${ELSEWHERE}">In</button>` }),
      says: unknown,
    },
    {
      what: 'the button reads',
      page: with_({}, { inner: '<input type=submit formmethod=get>' }),
      says: /^goes to GET /,
    },
    {
      what: 'the button leads there',
      page: with_(
        { action: ELSEWHERE, method: 'get' },
        { inner: `<button formaction="${escaped(target)}" formmethod=post>In</button>` },
      ),
      says: 'step',
    },
    {
      what: 'a second button leads elsewhere',
      page: with_({}, { inner: `<button>In</button><button formaction="${ELSEWHERE}">Else</button>` }),
      says: 'step',
    },
    {
      what: 'a button outside of it comes first',
      page: with_({ id: 'f' }, { before: `<button form=f formaction="${ELSEWHERE}">In</button>` }),
      says: unknown,
    },
  ];
}

function renamed(
  { controls }: PageForm,
  name: string,
  change: (control: Control) => Partial<Control> | null,
): readonly Control[] {
  return controls.flatMap((control) => {
    const changed = control.name === spelt(name) ? change(control) : {};
    return changed === null ? [] : [{ ...control, ...changed }];
  });
}

/** What a form holds. */
function fields(base: PageForm, step: LoginStep): Mutation[] {
  const page = (controls: readonly Control[]) => pageText({ ...base, controls });
  const needed = [...new Set([step.account, step.secret[0], ...step.need.keys()].filter((name) => name != null))];
  const lacks = (name: string) => new RegExp(`lacks ${quoted(name)}, which the preset needs`);
  const strict = step.pass !== 'any-scalar';
  const extra = '<input type=hidden name=zz_extra value=1>';
  const unknown = strict ? /has zz_extra, which the preset does not know/ : ('step' as const);
  return [
    ...needed.flatMap((name): Mutation[] => {
      // Where nobody types a name, what asks for no password is no form of a sign-in.
      const bare = step.account === null && name === step.secret[0];
      const gone: Pick<Mutation, 'says' | 'verdict'> = bare
        ? { says: /^no form was found/, verdict: 'note' }
        : { says: lacks(name) };
      return [
        { what: `without ${name}`, page: page(renamed(base, name, () => null)), ...gone },
        { what: `${name} is out of use`, page: page(renamed(base, name, () => ({ more: 'disabled' }))), ...gone },
        {
          what: `${name} has another name`,
          page: page(renamed(base, name, () => ({ name: 'zz_name' }))),
          says: lacks(name),
        },
      ];
    }),
    ...[...step.need].flatMap(([name, allowed]): Mutation[] => {
      if (allowed === 'any') return [];
      const list = (value: string) =>
        pageText({
          ...base,
          controls: renamed(base, name, () => null),
          inner: `<select name="${escaped(spelt(name))}"><option>zz<option value="${escaped(value)}">x</select><button>In</button>`,
        });
      const says = new RegExp(`sends ${quoted(spelt(name))} as "zz"; the preset needs`);
      return [
        { what: `another ${name}`, page: page(renamed(base, name, () => ({ value: 'zz' }))), says },
        { what: `a list with that ${name}`, page: list(allowed[0] ?? ''), says: 'step' },
        { what: `a list without that ${name}`, page: list('yy'), says },
      ];
    }),
    { what: 'one more field', page: pageText({ ...base, inner: `${extra}${base.inner}` }), says: unknown },
    {
      what: 'one more, elsewhere',
      page: pageText({ ...base, attributes: { ...base.attributes, id: 'f' }, after: '<input name=zz_extra form=f>' }),
      says: unknown,
    },
    {
      what: 'one more, of another form',
      page: pageText({ ...base, after: '<input name=zz_extra form=g>' }),
      says: 'step',
    },
    {
      what: 'a box that may be ticked',
      page: pageText({ ...base, inner: `<input type=checkbox name=zz_box>${base.inner}` }),
      says: 'step',
      ...(strict ? { besides: /^zz_box: the sign-in of whoever ticks it is refused/ } : {}),
    },
    {
      what: 'all fields outside of it',
      page: pageText({
        ...base,
        attributes: { ...base.attributes, id: 'f' },
        controls: [],
        before: base.controls.map((control) => controlText({ ...control, more: 'form=f' })).join(''),
      }),
      says: 'step',
    },
  ];
}

/** What stands beside a form. */
function company(base: PageForm, step: LoginStep): Mutation[] {
  const [name, secret] = [spelt(step.account ?? 'x'), spelt(step.secret[0] ?? 'x')];
  const other = `<form method=post action=${ELSEWHERE}><input name=zz_name><input type=password name=zz_pass></form>`;
  const decoy = `<form method=post action=${ELSEWHERE}><input name="${escaped(name)}"><input type=password name="${escaped(secret)}"></form>`;
  const besides = /^goes to POST \/zz-elsewhere\/in, where the preset knows no sign-in/;
  return [
    {
      what: 'a search before it',
      page: pageText({ ...base, before: '<form action=/search><input name=q><button>Go</button></form>' }),
      says: 'step',
    },
    { what: 'another sign-in before it', page: pageText({ ...base, before: other }), says: 'step', besides },
    { what: 'another sign-in behind it', page: pageText({ ...base, after: other }), says: 'step', besides },
    ...[
      '<!--|-->',
      '<script>|</script>',
      '<template>|</template>',
      '<textarea>|</textarea>',
      '<noscript>|</noscript>',
    ].map((around): Mutation => {
      return {
        what: `what is no form: ${around}`,
        page: pageText({ ...base, before: around.replace('|', decoy) }),
        says: 'step',
      };
    }),
    {
      what: 'a form within it',
      page: pageText(base).replace('<input', `<form method=get action=${ELSEWHERE}><input`),
      says: 'step',
    },
  ];
}

const SCRIPT =
  '<!doctype html><div id=app></div><script>document.write("<form><input type=password name=p></form>")</script>';

/** Pages that show no form. */
function formless(base: PageForm): Mutation[] {
  const none = (what: string, page: string): Mutation => ({
    what,
    page,
    verdict: 'note',
    says: /^no form was found, and so its address, method and fields were not compared: /,
  });
  return [
    none('built by a script', SCRIPT),
    none('nothing at all', ''),
    none('fields without a form', base.controls.map(controlText).join('')),
    none('a password without a name', '<form method=post action=/in><input type=password></form>'),
    none('more fields than are read', `${'<input name=x>'.repeat(1001)}${pageText(base)}`),
  ];
}

/** Pages that show the form of a step, changed in one thing each. `expects`: how its address is said. */
export function mutations(login: BoundLogin, step: LoginStep, expects: string): readonly Mutation[] {
  const base = expectedForm(login, step);
  return [...addresses(base, login, expects), ...fields(base, step), ...company(base, step), ...formless(base)];
}
