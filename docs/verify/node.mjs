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
import { compactVerify, createRemoteJWKSet } from 'jose';

// No blanks, padding, newlines; two header lines joined by a comma fail too. A signature has 64 bytes, and its last letter two bits.
const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{85}[AQgw]$/;
const MAX_LENGTH = 8192;
const MAX_DEPTH = 8;
const LIFE = 60; // seconds
const SKEW = 5; // seconds
const TEXTS = ['sub', 'name', 'realm', 'sid', 'jti', 'acr'];
const TIMES = ['iat', 'nbf', 'exp', 'auth_time'];

/** Nothing that two readers of JSON could read in two ways: whole numbers, text without control characters, plain names. */
function isPlain(value, depth) {
  if (value === null || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isSafeInteger(value);
  if (typeof value === 'string') return value.isWellFormed() && !/\p{Cc}/u.test(value);
  if (depth === 0) return false;
  if (Array.isArray(value)) return value.every((each) => isPlain(each, depth - 1));
  return Object.entries(value).every(([name, each]) => /^[A-Za-z]\w*$/.test(name) && isPlain(each, depth - 1));
}

/** One part of a token, when it is written as Sallyport writes it: no blank, no member twice, no other spelling. */
function read(part) {
  const value = JSON.parse(Buffer.from(part, 'base64url').toString());
  const again = Buffer.from(JSON.stringify(value)).toString('base64url');
  if (again !== part || !isPlain(value, MAX_DEPTH)) throw new Error('another spelling');
  return value;
}

const isText = (value) => typeof value === 'string' && value !== '' && !/^\p{Z}|\p{Z}$/u.test(value);
const isTexts = (value) => Array.isArray(value) && value.length > 0 && value.every(isText);
const isTime = (value) => Number.isSafeInteger(value) && value > 0;

function isHead(head) {
  const { alg, typ, kid } = head;
  return Object.keys(head).length === 3 && alg === 'ES256' && typ === 'sallyport-assertion+jwt' && isText(kid);
}

function isWhole(claims) {
  if (!TEXTS.every((name) => isText(claims[name])) || !TIMES.every((name) => isTime(claims[name]))) return false;
  return isTexts(claims.amr) && (claims.groups === undefined || isTexts(claims.groups));
}

function isNow({ iat, nbf, exp, auth_time: authTime }, now) {
  if (exp <= iat || exp - iat > LIFE || exp <= nbf) return false;
  return exp > now - SKEW && iat <= now + SKEW && nbf <= now + SKEW && authTime <= now + SKEW;
}

export function createVerifier({ jwksUrl, issuer, audience }) {
  // An option left out would be a check left out.
  if (!jwksUrl || !isText(issuer) || !isText(audience))
    throw new TypeError('jwksUrl, issuer and audience are all needed');
  const keys = createRemoteJWKSet(new URL(jwksUrl), { cooldownDuration: 5_000, cacheMaxAge: 300_000 });
  return async function verify(request) {
    const token = request.headers['sallyport-assertion'];
    if (typeof token !== 'string' || token.length > MAX_LENGTH || !COMPACT.test(token)) throw new Error('no assertion');
    const [head, claims] = token.split('.', 2).map(read);
    if (!isHead(head)) throw new Error('alg, typ, kid, or another member of the header');
    await compactVerify(token, keys, { algorithms: ['ES256'] });
    if (claims.iss !== issuer || claims.aud !== audience) throw new Error('issuer or audience');
    if (!isWhole(claims)) throw new Error('a claim that is missing, or is not what it should be');
    if (!isNow(claims, Math.floor(Date.now() / 1000))) throw new Error('iat, nbf, exp or auth_time');
    return claims;
  };
}
