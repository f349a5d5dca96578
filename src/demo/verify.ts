import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import { SallyportError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';

/** Who Sallyport says is there: the claims of an assertion whose every check has passed. */
export interface Visitor {
  readonly accountId: string;
  /** Canonical account name. */
  readonly name: string;
  readonly claims: JWTPayload;
}

export interface VerifierOptions {
  /** Where Sallyport publishes its public keys: `…/.sallyport/jwks.json`. */
  readonly jwksUrl: URL;
  /** Public origin of the app as Sallyport knows it. */
  readonly issuer: string;
  /** Id of the app in Sallyport's configuration. */
  readonly audience: string;
  readonly clock: Clock;
}

export type Verifier = (header: string | undefined) => Promise<Visitor>;

/**
 * Three parts of base64url and nothing else. jose decodes leniently (a blank, padding or a newline inside the signature
 * passes), RFC 8725bis §3.14 says to refuse; two header lines, joined by a comma, are refused here too.
 */
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const MAX_LENGTH = 8192;
const REQUIRED = ['iss', 'aud', 'sub', 'name', 'sid', 'iat', 'nbf', 'exp', 'jti', 'auth_time', 'amr'];

/** What jose says of a token that is wrong; anything else it throws means that the keys could not be had. */
const TOKEN_IS_WRONG =
  /^ERR_(JWT_|JWS_|JOSE_ALG_NOT_ALLOWED$|JOSE_NOT_SUPPORTED$|JWKS_NO_MATCHING_KEY$|JWKS_MULTIPLE_MATCHING_KEYS$)/;

/**
 * Builds the check that an app does on every request. The returned function resolves to the visitor or throws
 * SallyportError: `forbidden` for a missing or wrong assertion, `keys-unavailable` when Sallyport's keys cannot be read.
 */
export function createVerifier(options: VerifierOptions): Verifier {
  const keys = createRemoteJWKSet(options.jwksUrl, { cooldownDuration: 5_000, cacheMaxAge: 300_000 });
  return async (header) => {
    if (header === undefined || header.length > MAX_LENGTH || !COMPACT.test(header)) {
      throw new SallyportError('forbidden', 'no assertion in its one accepted form');
    }
    try {
      // Every option matters: jose checks none of issuer, audience, typ, age and presence unless it is asked to.
      const { payload } = await jwtVerify(header, keys, {
        algorithms: ['ES256'],
        issuer: options.issuer,
        audience: options.audience,
        typ: 'sallyport-assertion+jwt',
        maxTokenAge: 60,
        clockTolerance: 5,
        requiredClaims: REQUIRED,
        currentDate: new Date(options.clock.now()),
      });
      return visitorOf(payload);
    } catch (error) {
      throw refusalOf(error);
    }
  };
}

function visitorOf(claims: JWTPayload): Visitor {
  const { sub, name } = claims;
  if (typeof sub !== 'string' || typeof name !== 'string' || sub === '' || name === '') {
    throw new SallyportError('forbidden', 'an assertion without an account');
  }
  return { accountId: sub, name, claims };
}

function refusalOf(error: unknown): SallyportError {
  if (error instanceof SallyportError) return error;
  if (error instanceof errors.JOSEError && TOKEN_IS_WRONG.test(error.code)) {
    return new SallyportError('forbidden', `assertion refused: ${error.code}`, { cause: error });
  }
  return new SallyportError('keys-unavailable', 'the keys of Sallyport cannot be read', { cause: error });
}
