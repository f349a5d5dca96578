import { SallyportError } from '../../errors.ts';
import { ASSETS } from '../assets/assets.ts';
import type { Answer } from '../reply.ts';
import type { PageRequest, Route } from './route.ts';

const FOR_EVER = 'public, max-age=31536000, immutable';
/** Verifiers may keep the keys for five minutes: less than a key is published before it signs. */
const FIVE_MINUTES = 'public, max-age=300';

function asset(request: PageRequest): Answer {
  const { brand, path } = request.context;
  const found = ASSETS.get(path) ?? [brand.style, brand.logo].find((each) => each?.path === path);
  if (found === undefined || found === null) throw new SallyportError('not-found', 'no such asset');
  return {
    status: 200,
    headers: { 'Content-Type': found.type, 'Cache-Control': FOR_EVER },
    cookies: [],
    body: found.body,
  };
}

/** What anybody may fetch and keep: style sheet, icon, public keys of the assertion. The same for everybody, so no Vary. */
export function publicRoutes(jwks: () => { body: string }): readonly Route[] {
  return [
    { path: '/.sallyport/assets/:parameter', from: 'anywhere', get: async (request) => asset(request) },
    {
      path: '/.sallyport/jwks.json',
      from: 'anywhere',
      get: async () => ({
        status: 200,
        headers: { 'Content-Type': 'application/jwk-set+json', 'Cache-Control': FIVE_MINUTES },
        cookies: [],
        body: jwks().body,
      }),
    },
  ];
}
