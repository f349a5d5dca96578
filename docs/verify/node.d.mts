import type { IncomingMessage } from 'node:http';
import type { JWTPayload } from 'jose';

/** Resolves to the claims of a good assertion; rejects for everything else. */
export function createVerifier(options: {
  jwksUrl: string | URL;
  issuer: string;
  audience: string;
}): (request: Pick<IncomingMessage, 'headers'>) => Promise<JWTPayload>;
