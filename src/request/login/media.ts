import type { HeaderFields } from '../fields.ts';
import { isAsciiInside } from './charsets.ts';
import { refuse } from './refused.ts';

/** What a body is, for looking into it before it is sent on. `doubtful`: app and proxy may disagree; it is refused. */
export type BodyKind = 'none' | 'form' | 'multipart' | 'json' | 'xml' | 'yaml' | 'text' | 'other' | 'doubtful';

const FORM = 'application/x-www-form-urlencoded';
const TYPES: Readonly<Record<'form' | 'json' | 'xml', readonly string[]>> = {
  form: [FORM],
  json: ['application/json'],
  xml: ['text/xml', 'application/xml'],
};
const STRICT = /^([a-z]+\/[a-z-]+)(?:[ \t]*;[ \t]*charset=("?)utf-8\2)?[ \t]*$/i;

function encoded(headers: HeaderFields): boolean {
  const codings = headers.all('content-encoding');
  return codings.length > 1 || (codings[0] ?? 'identity').trim().toLowerCase() !== 'identity';
}

/**
 * The media type of a login body, in lower case. Throws `unsupported-media-type` unless there is exactly one Content-Type,
 * exactly one of the type, without parameters but `charset=utf-8`, and no content coding: what an app might decode in
 * another way than we do is not decoded at all.
 */
export function checkMedia(headers: HeaderFields, type: 'form' | 'json' | 'xml'): string {
  const lines = headers.all('content-type');
  if (lines.length !== 1) refuse('media-type', `${lines.length} Content-Type headers`);
  if (encoded(headers)) refuse('media-type', 'content coding');
  const media = STRICT.exec((lines[0] ?? '').trim())?.[1]?.toLowerCase() ?? '';
  if (!TYPES[type].includes(media)) refuse('media-type', `not ${TYPES[type].join(' or ')}`);
  return media;
}

interface Media {
  readonly type: string;
  readonly params: ReadonlyMap<string, string>;
}

const TYPE = /^([a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+)[ \t]*/iy;
const PARAMETER =
  /;[ \t]*([a-z0-9!#$&^_.+*'`|~%-]+)=(?:"([^"\\,;\u0000-\u001f]*)"|([a-z0-9!#$&^_.+*'`|~%:/-]+))[ \t]*/iy;

/** RFC 9110 §8.3.1, no parameter twice; undefined for anything else, such as two types in a list. */
function parseMedia(value: string): Media | undefined {
  TYPE.lastIndex = 0;
  const type = TYPE.exec(value)?.[1]?.toLowerCase();
  if (type === undefined) return undefined;
  const params = new Map<string, string>();
  PARAMETER.lastIndex = TYPE.lastIndex;
  for (let end = PARAMETER.lastIndex; end < value.length; end = PARAMETER.lastIndex) {
    const found = PARAMETER.exec(value);
    const name = found?.[1]?.toLowerCase() ?? '';
    if (found === null || params.has(name)) return undefined;
    params.set(name, found[2] ?? found[3] ?? '');
  }
  return { type, params };
}

/** RFC 2046 §5.1.1 allows more; no browser sends it, and parsers end at some of it. */
const BOUNDARY = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,70}$/;

function only(params: ReadonlyMap<string, string>, ...names: readonly string[]): boolean {
  return [...params.keys()].every((name) => names.includes(name));
}

/** Some servers look for these anywhere in the line: in a name of another type, or in a parameter. */
const ANYWHERE = /multipart|urlencoded/i;

/** Of types that are not `text/`, those of texts. */
const TEXT =
  /json|toml|graphql|(?:java|ecma|type)script|csp-report|sql|csv|html|sgml|sparql|plain|^(?:x-)?(?:text|php|sh|ini)$|-php/;

/** Every multipart is taken for `multipart/form-data` by some, whatever its subtype. */
function kindOf(media: Media): BodyKind {
  const { type, params } = media;
  const [main, sub] = type.split('/') as [string, string]; // the pattern has exactly one slash
  if (type === FORM) return only(params, 'charset') ? 'form' : 'doubtful';
  if (main === 'multipart')
    return only(params, 'boundary', 'charset') && BOUNDARY.test(params.get('boundary') ?? '')
      ? 'multipart'
      : 'doubtful';
  if (/form-?data/.test(sub)) return 'doubtful';
  if (/(?:^|[+.-])(?:nd)?json(?:$|[+.-])/.test(sub)) return 'json';
  if (/(?:^|\+)xml$/.test(sub)) return 'xml';
  if (/(?:^|[+.-])ya?ml$/.test(sub)) return 'yaml';
  return main === 'text' || TEXT.test(sub) ? 'text' : 'other';
}

/**
 * How the body of an ordinary request is read before it is sent on. A type that is missing is `text`, since apps then
 * guess. `doubtful` is what apps and proxies read differently: a list of types, a form with a content coding or in a
 * character set that is not ASCII inside (EBCDIC, UTF-16, UTF-7, the EUCs), a boundary that is not exactly one.
 */
export function bodyKind(headers: HeaderFields): BodyKind {
  if (!headers.framed) return 'none';
  const lines = headers.all('content-type');
  if (lines.length > 1) return 'doubtful';
  if (lines.length === 0) return encoded(headers) ? 'doubtful' : 'text';
  const media = parseMedia((lines[0] ?? '').trim());
  if (media === undefined) return 'doubtful';
  const kind = kindOf(media);
  if (kind !== 'form' && kind !== 'multipart' && ANYWHERE.test(lines[0] ?? '')) return 'doubtful';
  if (kind === 'other') return 'other';
  const charset = media.params.get('charset');
  return encoded(headers) || (charset !== undefined && !isAsciiInside(charset)) ? 'doubtful' : kind;
}

/** The boundary of a body whose kind is `multipart`; null for any other. */
export function boundaryOf(headers: HeaderFields): string | null {
  if (bodyKind(headers) !== 'multipart') return null;
  return parseMedia((headers.all('content-type')[0] ?? '').trim())?.params.get('boundary') ?? null;
}
