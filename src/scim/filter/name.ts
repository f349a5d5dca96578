import type { AttributePath } from './types.ts';

/** ATTRNAME of RFC 7643 §2.1, and `$ref`, which it names itself. */
const NAME = /^[A-Za-z$][A-Za-z0-9_$-]*$/;
/** A URN, or another URI, of a schema: what RFC 3986 has, but for the marks that divide here. */
const URI = /^[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~:/%@!$&'*+,;=-]+$/;

export function isName(text: string): boolean {
  return NAME.test(text);
}

/** `[URI ":"] name ["." name]` (RFC 7644 §3.10); undefined when it is none. */
export function attributePath(text: string): AttributePath | undefined {
  const colon = text.lastIndexOf(':');
  const schema = colon === -1 ? undefined : text.slice(0, colon);
  if (schema !== undefined && !URI.test(schema)) return undefined;
  const bare = text.slice(colon + 1);
  const dot = bare.indexOf('.');
  const [name, sub] = dot === -1 ? [bare, undefined] : [bare.slice(0, dot), bare.slice(dot + 1)];
  if (!isName(name) || (sub !== undefined && !isName(sub))) return undefined;
  return { schema, name, sub };
}

/** The same, written. */
export function writePath({ schema, name, sub }: AttributePath): string {
  return `${schema === undefined ? '' : `${schema}:`}${name}${sub === undefined ? '' : `.${sub}`}`;
}
