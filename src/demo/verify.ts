import { compactVerify, createRemoteJWKSet, errors, type JWTPayload } from 'jose';
import { SallyportError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import { areClaims, isHead, readPart } from './verify-claims.ts';

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
 * Three parts of base64url, the last of 64 bytes in their one spelling, and nothing else. jose decodes leniently (a blank, padding or a newline
 * inside the signature passes), RFC 8725bis §3.14 says to refuse; two header lines, joined by a comma, are refused here too.
 */
const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{85}[AQgw]$/;
const MAX_LENGTH = 8192;

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
    const [head, claims] = partsOf(header);
    if (head === undefined || claims === undefined || !isHead(head)) {
      throw new SallyportError('forbidden', 'an assertion that is written otherwise');
    }
    try {
      // The signature, and by which key: everything else is judged here, for jose takes more than we issue.
      await compactVerify(header, keys, { algorithms: ['ES256'] });
    } catch (error) {
      throw refusalOf(error);
    }
    if (!areClaims(claims, options, Math.floor(options.clock.now() / 1000))) {
      throw new SallyportError('forbidden', 'an assertion whose claims are not in order');
    }
    return { accountId: claims.sub, name: claims.name, claims };
  };
}

function partsOf(token: string): ReturnType<typeof readPart>[] {
  try {
    return token.split('.', 2).map(readPart);
  } catch (error) {
    throw new SallyportError('forbidden', 'an assertion that is no JSON', { cause: error });
  }
}

function refusalOf(error: unknown): SallyportError {
  if (error instanceof errors.JOSEError && TOKEN_IS_WRONG.test(error.code)) {
    return new SallyportError('forbidden', `assertion refused: ${error.code}`, { cause: error });
  }
  return new SallyportError('keys-unavailable', 'the keys of Sallyport cannot be read', { cause: error });
}
