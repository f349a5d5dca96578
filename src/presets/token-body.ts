import type { BoundLogin, Vault } from '../config/login-types.ts';
import { SallyportError } from '../errors.ts';
import { type Element, parseXml, serialiseXml, type XmlDocument } from '../request/login/xml.ts';
import { headerOf, jsonOf, pointed } from './answer.ts';
import type { WholeAnswer } from './types.ts';

/** Refuses an answer of the app: `upstream-invalid`. */
export function broken(why: string): never {
  throw new SallyportError('upstream-invalid', why);
}

function placed(value: unknown, pointer: string, text: string): boolean {
  const keys = pointer
    .slice(1)
    .split('/')
    .map((raw) => raw.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = keys.pop() ?? '';
  let at = value;
  for (const key of keys) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return false;
    at = Reflect.get(at, key);
  }
  return typeof at === 'object' && at !== null && Reflect.set(at, last, text);
}

/** A body of one kind, of which tokens are taken. */
export interface Holder {
  get(entry: Vault): string | undefined;
  put(entry: Vault, standIn: string): boolean;
  write(): string;
}

function jsonHolder(answer: WholeAnswer): Holder | undefined {
  const value = jsonOf(answer);
  if (value === undefined) return undefined;
  return {
    get: ({ json }) => (json === null ? undefined : pointed(value, json)),
    put: ({ json }, standIn) => json !== null && placed(value, json, standIn),
    write: () => JSON.stringify(value),
  };
}

function xmlHolder(answer: WholeAnswer): Holder | undefined {
  let document: XmlDocument;
  try {
    document = parseXml(answer.body);
  } catch {
    return undefined;
  }
  const { root } = document;
  // The document itself stays as it is: others look at it too.
  const instead = new Map<Element, string>();
  const textOf = (element: Element | undefined): string | undefined =>
    element === undefined ? undefined : (instead.get(element) ?? element.text);
  const elementAt = (path: string): Element | undefined => {
    const [first, ...names] = path.split('/');
    let at = first === root.name ? root : undefined;
    for (const name of names) {
      const children: readonly Element[] = at?.children.filter((child) => child.name === name) ?? [];
      if (children.length > 1) broken('a token in two places');
      at = children[0];
    }
    return at;
  };
  return {
    get: ({ xml }) => (xml === null ? undefined : textOf(elementAt(xml))),
    put({ xml }, standIn) {
      const element = xml === null ? undefined : elementAt(xml);
      if (element === undefined) return false;
      instead.set(element, standIn);
      return true;
    },
    write: () => serialiseXml(document, instead).toString('utf8'),
  };
}

/** The body's kind by what it is; a body that calls itself one of the vault's kinds and is not is given to nobody. */
export function holderOf(login: BoundLogin, answer: WholeAnswer): Holder | undefined {
  const type = headerOf(answer, 'content-type') ?? '';
  if (login.vault.some(({ json }) => json !== null)) {
    const holder = jsonHolder(answer);
    if (holder !== undefined) return holder;
    if (/[/+]json/i.test(type) && answer.body.length > 0) broken('a body that may hold a token and cannot be read');
  }
  if (login.vault.some(({ xml }) => xml !== null)) {
    const holder = xmlHolder(answer);
    if (holder !== undefined) return holder;
    if (/[/+]xml/i.test(type) && answer.body.length > 0) broken('a body that may hold a token and cannot be read');
  }
  return undefined;
}
