import { SallyportError } from '../../errors.ts';
import { ASSETS } from '../assets/assets.ts';
import type { OrganisationLooks } from '../looks.ts';
import type { Answer } from '../reply.ts';
import type { PageRequest, Route } from './route.ts';

const FOR_EVER = 'public, max-age=31536000, immutable';
/** Verifiers may keep the keys for five minutes: less than a key is published before it signs. */
const FIVE_MINUTES = 'public, max-age=300';

async function asset(looks: OrganisationLooks, request: PageRequest): Promise<Answer> {
  const { brand, path } = request.context;
  const ours = ASSETS.get(path) ?? [brand.style, brand.logo].find((each) => each?.path === path);
  const found = ours ?? (await looks.logoAt(path));
  if (found === undefined || found === null) throw new SallyportError('not-found', 'no such asset');
  return {
    status: 200,
    headers: { 'Content-Type': found.type, 'Cache-Control': FOR_EVER },
    cookies: [],
    body: found.body,
  };
}

/** What anybody may fetch and keep: style sheet, icon, public keys of the assertion. The same for everybody, so no Vary. */
export function publicRoutes(jwks: () => { body: string }, looks: OrganisationLooks): readonly Route[] {
  return [
    { path: '/.sallyport/assets/:parameter', from: 'anywhere', get: (request) => asset(looks, request) },
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
