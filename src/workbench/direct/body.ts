import type { LoginStep } from '../../config/login-types.ts';
import { escapeHtml } from '../../lib/html.ts';
import { selects } from '../../request/login/names.ts';
import type { Form } from './forms.ts';

/** What a browser would send for a login step, before we read it and write it anew. */
export interface BrowserBody {
  readonly rawHeaders: readonly string[];
  readonly bytes: Buffer;
}

/** The values that a person gives, by the selector of the step. */
export type FieldValues = ReadonlyMap<string, string>;

const EMPTY = Buffer.alloc(0);

/** Values that the step needs and that nobody types: the first that it allows. */
function needed(step: LoginStep): [string, string][] {
  return [...step.need].flatMap(([selector, allowed]): [string, string][] =>
    allowed === 'any' || allowed[0] === undefined ? [] : [[selector, allowed[0]]],
  );
}

/** Whether a step takes a form field of that name. */
export function lists(step: LoginStep, name: string): boolean {
  if (step.pass === 'any-scalar') return true;
  const named = [
    step.account ?? '',
    step.realm ?? '',
    ...step.secret,
    ...step.pass,
    ...step.need.keys(),
    ...step.check.keys(),
  ];
  return named.some((selector) => selector !== '' && selects(selector, name));
}

function formBody(step: LoginStep, given: FieldValues, form: Form | null): BrowserBody {
  const pairs = new Map<string, string>();
  // What the step needs is what the operator's people fill in, whatever stands in the form before.
  const wanted = new Map([...needed(step), ...given]);
  for (const { name, value } of form?.fields ?? []) {
    const selector = [...wanted.keys()].find((each) => selects(each, name));
    if (selector !== undefined) pairs.set(name, wanted.get(selector) ?? '');
    else if (lists(step, name)) pairs.set(name, value);
  }
  for (const [selector, value] of wanted) {
    const there = [...pairs.keys()].some((name) => selects(selector, name));
    if (!there && !selector.startsWith('*')) pairs.set(selector, value);
  }
  const bytes = Buffer.from(new URLSearchParams([...pairs]).toString());
  return { rawHeaders: headersFor('application/x-www-form-urlencoded', bytes), bytes };
}

/** The fields that tell of a body. */
export function headersFor(type: string, bytes: Buffer): string[] {
  return ['Content-Type', type, 'Content-Length', String(bytes.length)];
}

function jsonBody(step: LoginStep, given: FieldValues): BrowserBody {
  const root: Record<string, unknown> = {};
  for (const [pointer, value] of [...needed(step), ...given]) {
    const keys = pointer
      .slice(1)
      .split('/')
      .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
    let at = root;
    for (const key of keys.slice(0, -1)) {
      at[key] ??= {};
      at = at[key] as Record<string, unknown>; // made on the line above, or by an earlier pointer through it
    }
    at[keys.at(-1) ?? ''] = value;
  }
  const bytes = Buffer.from(JSON.stringify(root));
  return { rawHeaders: headersFor('application/json', bytes), bytes };
}

interface Element {
  readonly attributes: Map<string, string>;
  readonly children: Map<string, Element>;
  text: string;
}

const element = (): Element => ({ attributes: new Map(), children: new Map(), text: '' });

function written(name: string, { attributes, children, text }: Element): string {
  const head = [...attributes].map(([key, value]) => ` ${key}="${escapeHtml(value)}"`).join('');
  const inner = [...children].map(([key, child]) => written(key, child)).join('');
  return `<${name}${head}>${escapeHtml(text)}${inner}</${name}>`;
}

function xmlBody(step: LoginStep, given: FieldValues): BrowserBody {
  const root = element();
  for (const [path, value] of [...needed(step), ...given]) {
    let at = root;
    for (const part of path.split('/')) {
      if (part.startsWith('@')) {
        at.attributes.set(part.slice(1), value);
        continue;
      }
      const child = at.children.get(part) ?? element();
      at.children.set(part, child);
      at = child;
    }
    if (!path.includes('@')) at.text = value;
  }
  const text = [...root.children].map(([name, child]) => written(name, child)).join('');
  const bytes = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>${text}`);
  return { rawHeaders: headersFor('application/xml', bytes), bytes };
}

/** The request body by which a person signs in with these values; for a form with the fields that the app put into its page. */
export function browserBody(step: LoginStep, given: FieldValues, form: Form | null): BrowserBody {
  switch (step.type) {
    case 'form':
      return formBody(step, given, form);
    case 'json':
      return jsonBody(step, given);
    case 'xml':
      return xmlBody(step, given);
    case 'basic': {
      const [user = '', password = ''] = given.values();
      const token = Buffer.from(`${user}:${password}`).toString('base64');
      return { rawHeaders: ['Authorization', `Basic ${token}`], bytes: EMPTY };
    }
    default:
      throw new TypeError(`no such type: ${step.type satisfies never}`);
  }
}
