import type { JWTPayload } from 'jose';

/**
 * What an assertion may look like, whoever signed it: docs/verify/README.md has the rules, and the verifiers beside it
 * keep the same ones. Libraries check less: they take lists for an audience, text for a time, and any type for a name.
 */

const MAX_DEPTH = 8;
/** Seconds. */
const LIFE = 60;
const SKEW = 5;
const TEXTS = ['sub', 'name', 'realm', 'sid', 'jti', 'acr'];
const TIMES = ['iat', 'nbf', 'exp', 'auth_time'];

type Fields = Readonly<Record<string, unknown>>;

/** The claims that every assertion has, with their types. */
export interface Claims extends JWTPayload {
  readonly sub: string;
  readonly name: string;
}

/** Nothing that two readers of JSON could read in two ways: whole numbers, text without control characters, plain names. */
function isPlain(value: unknown, depth: number): boolean {
  if (value === null || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isSafeInteger(value);
  if (typeof value === 'string') return value.isWellFormed() && !/\p{Cc}/u.test(value);
  if (typeof value !== 'object' || depth === 0) return false;
  if (Array.isArray(value)) return value.every((each) => isPlain(each, depth - 1));
  return Object.entries(value).every(([name, each]) => /^[A-Za-z]\w*$/.test(name) && isPlain(each, depth - 1));
}

/**
 * One part of a token, when it is a JSON object written as Sallyport writes it: no blank, no member twice, no other
 * spelling of the JSON or of the base64url. Undefined, or a throw of the parser's, when it is not.
 */
export function readPart(part: string): Fields | undefined {
  const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
  const again = Buffer.from(JSON.stringify(value)).toString('base64url');
  if (typeof value !== 'object' || value === null || again !== part || !isPlain(value, MAX_DEPTH)) return undefined;
  return value as Fields; // an object's members are all unknown still
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && !/^\p{Z}|\p{Z}$/u.test(value);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isText);
}

/** ES256, our type, a key's name, and no other member: none that could ask for something, or bring a key. */
export function isHead(head: Fields): boolean {
  const { alg, typ, kid } = head;
  return Object.keys(head).length === 3 && alg === 'ES256' && typ === 'sallyport-assertion+jwt' && isText(kid);
}

function isWhole(claims: Fields): boolean {
  if (!TEXTS.every((name) => isText(claims[name]))) return false;
  if (!TIMES.every((name) => Number.isSafeInteger(claims[name]) && Number(claims[name]) > 0)) return false;
  return isTexts(claims['amr']) && (claims['groups'] === undefined || isTexts(claims['groups']));
}

function isNow(claims: Fields, now: number): boolean {
  const [iat, nbf, exp, authTime] = ['iat', 'nbf', 'exp', 'auth_time'].map((name) => Number(claims[name]));
  if (iat === undefined || nbf === undefined || exp === undefined || authTime === undefined) return false;
  if (exp <= iat || exp - iat > LIFE || exp <= nbf) return false;
  return exp > now - SKEW && Math.max(iat, nbf, authTime) <= now + SKEW;
}

/** Whether these are the claims of an assertion by `issuer` for `audience` that is good at `now`, seconds since the epoch. */
export function areClaims(
  claims: Fields,
  expected: { readonly issuer: string; readonly audience: string },
  now: number,
): claims is Fields & Claims {
  if (claims['iss'] !== expected.issuer || claims['aud'] !== expected.audience) return false;
  return isWhole(claims) && isNow(claims, now);
}
