// A question-and-answer service for web servers that cannot verify ES256 themselves (nginx auth_request).
// Answers 204 with the account in the header X-Account when the request's assertion is good, 403 otherwise.
//
//   node auth-service.mjs PORT JWKS_URL ISSUER AUDIENCE       listens on 127.0.0.1
import { createServer } from 'node:http';
import { createVerifier } from './node.mjs';

const [port, jwksUrl, issuer, audience] = process.argv.slice(2);
const verify = createVerifier({ jwksUrl, issuer, audience });

createServer((request, response) => {
  verify(request).then(
    (claims) => response.writeHead(204, { 'X-Account': encodeURIComponent(claims.name) }).end(),
    () => response.writeHead(403).end(),
  );
}).listen(Number(port), '127.0.0.1');
