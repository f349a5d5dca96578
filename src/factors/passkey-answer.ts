import { PasskeyRefused } from './passkey-refused.ts';

/**
 * What a browser sends back from a ceremony, as text: the JSON forms of WebAuthn L3 §5.1.8, read strictly. Nothing in
 * them is proven yet.
 */

/** Bytes of JSON; the largest honest answers (TPM statements with their certificates) stay below a third of this. */
const MAX_TEXT = 32 * 1024;
/** WebAuthn L3 §7.1 step 25. */
const MAX_CREDENTIAL_ID = 1023;
/** WebAuthn L3 §4: a user handle has 1 to 64 bytes. */
const MAX_USER_HANDLE = 64;

/** The collected client data (WebAuthn L3 §5.8.1), out of the very bytes that are signed. */
export interface ClientData {
  readonly type: unknown;
  readonly challenge: string;
  readonly origin: unknown;
  readonly crossOrigin: unknown;
  /** A member `topOrigin` is there, whatever its value. */
  readonly hasTopOrigin: boolean;
}

export interface RegistrationAnswer {
  /** base64url. */
  readonly id: string;
  readonly clientDataJSON: string;
  readonly attestationObject: string;
  readonly transports: readonly string[];
  readonly clientData: ClientData;
}

export interface AssertionAnswer {
  /** base64url. */
  readonly id: string;
  readonly clientDataJSON: string;
  readonly authenticatorData: string;
  readonly signature: string;
  /** base64url; null when the authenticator gave none. */
  readonly userHandle: string | null;
  readonly clientData: ClientData;
}

type Fields = Readonly<Record<string, unknown>>;

function malformed(what: string): PasskeyRefused {
  return new PasskeyRefused('malformed', what);
}

function asObject(value: unknown, what: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(what);
  return value as Fields; // an object that is no array has string keys; every value is checked where it is used
}

function parseJson(text: string, what: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed(what);
  }
  return asObject(value, what);
}

function own(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** Unpadded base64url in its one spelling: other spellings of the same bytes would make two names for one credential. */
function base64url(fields: Fields, name: string): string {
  const text = own(fields, name);
  if (typeof text !== 'string' || text === '' || !/^[A-Za-z0-9_-]+$/.test(text)) throw malformed(name);
  if (Buffer.from(text, 'base64url').toString('base64url') !== text) throw malformed(name);
  return text;
}

/** The names of an object's own members, as often as they are written. `text` is known to be a JSON object. */
function memberNames(text: string): string[] {
  const names: string[] = [];
  let depth = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"(?:[\t\n\r ]*:)?|[{}[\]]/g)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    else if (depth === 1 && token.endsWith(':'))
      names.push(String(JSON.parse(token.slice(0, token.lastIndexOf('"') + 1))));
  }
  return names;
}

/**
 * Unknown members are tolerated, as the standard demands; a member given twice is not, because two readers may then see
 * two different challenges in the same signed bytes.
 */
function parseClientData(encoded: string): ClientData {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(encoded, 'base64url'));
  } catch {
    throw malformed('clientDataJSON');
  }
  const fields = parseJson(text, 'clientDataJSON');
  const names = memberNames(text);
  if (new Set(names).size !== names.length) throw malformed('clientDataJSON has a member twice');
  const challenge = own(fields, 'challenge');
  if (typeof challenge !== 'string') throw malformed('clientDataJSON.challenge');
  return {
    type: own(fields, 'type'),
    challenge,
    origin: own(fields, 'origin'),
    crossOrigin: own(fields, 'crossOrigin'),
    hasTopOrigin: Object.hasOwn(fields, 'topOrigin'),
  };
}

function parseCredential(text: string): { id: string; response: Fields } {
  if (typeof text !== 'string' || Buffer.byteLength(text) > MAX_TEXT) throw malformed('too long');
  const fields = parseJson(text, 'no JSON object');
  if (own(fields, 'type') !== 'public-key') throw new PasskeyRefused('type', 'not a public-key credential');
  const id = base64url(fields, 'id');
  if (base64url(fields, 'rawId') !== id) throw new PasskeyRefused('credential-id', 'id and rawId differ');
  if (Buffer.from(id, 'base64url').length > MAX_CREDENTIAL_ID) throw new PasskeyRefused('credential-id', 'too long');
  return { id, response: asObject(own(fields, 'response'), 'response') };
}

/** Hints for later ceremonies, unproven; what does not look like one is left out. */
function parseTransports(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw malformed('transports');
  const words = value.filter((word): word is string => typeof word === 'string' && /^[a-z][a-z-]{0,31}$/.test(word));
  return [...new Set(words)].slice(0, 8);
}

/** The JSON text of a RegistrationResponseJSON. Throws PasskeyRefused `malformed`, `type` or `credential-id`. */
export function parseRegistration(text: string): RegistrationAnswer {
  const { id, response } = parseCredential(text);
  const clientDataJSON = base64url(response, 'clientDataJSON');
  return {
    id,
    clientDataJSON,
    attestationObject: base64url(response, 'attestationObject'),
    transports: parseTransports(own(response, 'transports')),
    clientData: parseClientData(clientDataJSON),
  };
}

function parseUserHandle(response: Fields): string | null {
  const value = own(response, 'userHandle');
  if (value === undefined || value === null) return null;
  const handle = base64url(response, 'userHandle');
  if (Buffer.from(handle, 'base64url').length > MAX_USER_HANDLE) throw malformed('userHandle');
  return handle;
}

/** The JSON text of an AuthenticationResponseJSON. Throws PasskeyRefused `malformed`, `type` or `credential-id`. */
export function parseAssertion(text: string): AssertionAnswer {
  const { id, response } = parseCredential(text);
  const clientDataJSON = base64url(response, 'clientDataJSON');
  return {
    id,
    clientDataJSON,
    authenticatorData: base64url(response, 'authenticatorData'),
    signature: base64url(response, 'signature'),
    userHandle: parseUserHandle(response),
    clientData: parseClientData(clientDataJSON),
  };
}

/** The challenge that the client signed, to look it up by. */
export function challengeOf(answer: RegistrationAnswer | AssertionAnswer): string {
  return answer.clientData.challenge;
}
