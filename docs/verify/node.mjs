// Verifies the assertion of Sallyport in a Node.js app (Node 20 or newer). Needs: npm install jose
//
//   import { createVerifier } from './node.mjs';
//   const verify = createVerifier({
//     jwksUrl: 'https://portal.example.org/.sallyport/jwks.json',
//     issuer: 'https://portal.example.org',   // the app's public origin
//     audience: 'portal',                     // the app's id in Sallyport's configuration
//   });
//
//   http.createServer(async (req, res) => {
//     let claims;
//     try { claims = await verify(req); } catch { res.writeHead(403).end(); return; }
//     … claims.name is the account; do nothing before this line …
//   });
//
// Express:  app.use((req, res, next) => verify(req).then((c) => { req.account = c.name; next(); }, () => res.sendStatus(403)));
// WebSocket: call it in the 'upgrade' handler too.
import { createRemoteJWKSet, jwtVerify } from 'jose';

const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/; // no blanks, padding, newlines; two header lines joined by a comma fail too
const REQUIRED = ['iss', 'aud', 'sub', 'name', 'sid', 'iat', 'nbf', 'exp', 'jti', 'auth_time', 'amr'];

export function createVerifier({ jwksUrl, issuer, audience }) {
  // An option left out would be a check left out: jwtVerify skips issuer and audience when they are undefined.
  if (!jwksUrl || !issuer || !audience) throw new TypeError('jwksUrl, issuer and audience are all needed');
  const keys = createRemoteJWKSet(new URL(jwksUrl), { cooldownDuration: 5_000, cacheMaxAge: 300_000 });
  return async function verify(request) {
    const token = request.headers['sallyport-assertion'];
    if (typeof token !== 'string' || token.length > 8192 || !COMPACT.test(token)) throw new Error('no assertion');
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ['ES256'],
      issuer,
      audience,
      typ: 'sallyport-assertion+jwt',
      maxTokenAge: 60,
      clockTolerance: 5,
      requiredClaims: REQUIRED,
    });
    return payload;
  };
}
