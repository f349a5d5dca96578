import { VERSION } from '../../src/lib/version.ts';
import type { PostRoute, Route } from '../../src/web/routes/route.ts';
import { ownRoutes } from '../../src/web/routes/table.ts';

/** One sentence for each address; an address without one fails the generation. */
const SUMMARIES: Readonly<Record<string, string>> = {
  'GET /.sallyport/sign-in': 'The sign-in page; `next` is where to go afterwards.',
  'POST /.sallyport/sign-in': 'First step. Answers the same for unknown accounts; sets the pending cookie.',
  'GET /.sallyport/sign-in/totp': 'The page that asks for a code.',
  'POST /.sallyport/sign-in/totp':
    'Second step, also after a sign-in at the app that is held, or confirmation within a session: code of an authenticator app.',
  'GET /.sallyport/sign-in/recovery': 'The page that asks for a recovery code.',
  'POST /.sallyport/sign-in/recovery': 'Second step, or confirmation within a session: recovery code.',
  'GET /.sallyport/sign-in/passkey': 'The page that asks for a passkey; `only=yes` when nothing else will do.',
  'POST /.sallyport/sign-in/passkey':
    'Answer of a passkey (AuthenticationResponseJSON); `purpose`: `start`, a sign-in without a name; `sign-in`, a second step; `step-up`, a confirmation within a session. Without it: what waits.',
  'POST /.sallyport/sign-in/passkey/options':
    'A challenge, good for 5 minutes and one answer: PublicKeyCredentialRequestOptionsJSON. `purpose` as for the answer.',
  'POST /.sallyport/language': 'Language of the pages in this browser.',
  'GET /.sallyport/sign-in/recovered': 'After a recovery code: how many are left, and how to set up a new device.',
  'GET /.sallyport/signed-out':
    'Says that the person is signed out, and to the browser of a session that is over, why.',
  'GET /.sallyport/account/password': 'The page that changes the password; wants a fresh factor.',
  'POST /.sallyport/account/password':
    'A new password by the current one; wants a fresh factor, ends all other sessions. Realms of source `local` alone.',
  'GET /.sallyport/enrol': 'The next open step of an enrolment.',
  'POST /.sallyport/enrol': 'Consumes a ticket and opens an enrolment.',
  'GET /.sallyport/enrol/{parameter}': 'Shows whose ticket it is. Changes nothing.',
  'POST /.sallyport/enrol/password': 'Sets the password, or verifies the one that is set.',
  'POST /.sallyport/enrol/totp': 'A fresh secret for an authenticator app: `{secret, uri}`.',
  'POST /.sallyport/enrol/totp/confirm': 'Adds the authenticator app by a code of it.',
  'POST /.sallyport/enrol/password/advice': 'How easily a password is guessed: `{score}` from 0 to 4. Stores nothing.',
  'POST /.sallyport/enrol/choose': 'Forgets a secret that is not confirmed yet, to choose another way.',
  'POST /.sallyport/enrol/extend': 'More time: 15 minutes from now, an hour in all.',
  'POST /.sallyport/enrol/passkey/options':
    'A challenge, good for 5 minutes and one answer: PublicKeyCredentialCreationOptionsJSON.',
  'POST /.sallyport/enrol/passkey': 'Adds the passkey that answered (RegistrationResponseJSON).',
  'POST /.sallyport/enrol/finish': 'Ends the enrolment: `{recovery_codes}`, shown once.',
  'GET /.sallyport/account': "The person's own page.",
  'POST /.sallyport/account/add': 'Opens an enrolment for another authenticator; wants a fresh factor.',
  'POST /.sallyport/account/authenticators/rename': 'Renames an authenticator.',
  'POST /.sallyport/account/sessions/end': 'Ends one other session of the account.',
  'POST /.sallyport/account/sessions/end-others': 'Ends every other session of the account.',
  'POST /.sallyport/account/authenticators/remove': 'Removes an authenticator, never the last one.',
  'POST /.sallyport/account/recovery-codes': 'New recovery codes; all older ones end.',
  'POST /.sallyport/account/sign-out-everywhere': 'Ends every session of the account.',
  'GET /.sallyport/session': 'Account, evidence and expiry of the session; 401 without.',
  'GET /.sallyport/session.js': 'Script that an app may include: warns before the session ends.',
  'POST /.sallyport/session/extend': 'The person is still there: begins the time of inactivity anew.',
  'POST /.sallyport/sign-out':
    'Ends the session, and with it what was kept of the app: its cookies, and an answer that waits.',
  'GET /.sallyport/jwks.json': 'Public keys of assertions (RFC 7517).',
  'GET /.sallyport/health': '200 when it can serve, 503 when it cannot.',
};

const PROBLEM = {
  description: 'Refused',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

function refusals(codes: readonly number[]) {
  return Object.fromEntries(codes.map((code) => [String(code), PROBLEM]));
}

function bodyOf(route: PostRoute) {
  const schema = {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(
      route.fields.map((field) => [
        field,
        { type: route.objects?.includes(field) === true ? ['object', 'string'] : 'string' },
      ]),
    ),
  };
  return {
    required: true,
    content: { 'application/json': { schema }, 'application/x-www-form-urlencoded': { schema } },
  };
}

function summaryOf(method: string, path: string): string {
  const summary = SUMMARIES[`${method} ${path}`];
  if (summary === undefined) throw new Error(`docs/generate/openapi.ts has no sentence for ${method} ${path}`);
  return summary;
}

function pathItem(route: Route, path: string) {
  const parameters = path.includes('{')
    ? { parameters: [{ name: 'parameter', in: 'path', required: true, schema: { type: 'string' } }] }
    : {};
  const get = {
    responses: {
      '200': { description: 'Done' },
      '303': { description: 'Go there' },
      ...refusals([400, 401, 403, 404, 503]),
    },
  };
  const post = {
    responses: {
      '200': { description: 'Done (JSON)' },
      '303': { description: 'Done (form)' },
      ...refusals([400, 401, 403, 409, 413, 415, 429, 503]),
    },
  };
  return {
    ...parameters,
    ...(route.get === undefined ? {} : { get: { summary: summaryOf('GET', path), ...get } }),
    ...(route.post === undefined
      ? {}
      : { post: { summary: summaryOf('POST', path), ...post, requestBody: bodyOf(route.post) } }),
  };
}

/** Stands in for the services: the routes are read, never run. */
// A cast: whatever type is asked for, nothing of it is ever called.
const nothing = new Proxy({}, { get: () => () => Promise.reject(new Error('nothing is called here')) }) as never;

/** docs/openapi.json: OpenAPI 3.1 of the addresses under the reserved prefix, from the table that serves them. */
export function openApi(): string {
  const routes = ownRoutes({
    login: nothing,
    enrol: nothing,
    clock: nothing,
    looks: nothing,
    jwks: nothing,
    touch: nothing,
  });
  const shown = routes.filter((route) => !route.path.startsWith('/.sallyport/assets/'));
  const paths = Object.fromEntries(
    shown.map((route) => {
      const path = route.path.replace(/:(\w+)/g, '{$1}');
      return [path, pathItem(route, path)];
    }),
  );
  const health = {
    get: {
      summary: summaryOf('GET', '/.sallyport/health'),
      responses: { '200': { description: 'Can serve' }, '503': { description: 'Cannot' } },
    },
  };
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'Sallyport',
      version: VERSION,
      description:
        'Addresses of our own, on every app host. A POST takes JSON and answers JSON, or takes a form and answers 303; it needs an `Origin` equal to its own. Requests to an app that are refused get the same `Problem`, unless a page is asked for; the codes are in docs/errors.md. Made from the source by `npm run generate`.',
    },
    paths: { ...paths, '/.sallyport/health': health },
    components: {
      schemas: {
        Problem: {
          type: 'object',
          required: ['type', 'title', 'status', 'code'],
          properties: {
            type: { type: 'string' },
            title: { type: 'string' },
            status: { type: 'integer' },
            code: { type: 'string' },
            detail: { type: 'string' },
            retry_after: { type: 'integer' },
          },
        },
      },
      securitySchemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-sallyport',
          description:
            'At an address with a port of its own, such as :8443, the name ends in it: `__Host-sallyport-8443`.',
        },
        pending: { type: 'apiKey', in: 'cookie', name: '__Host-sallyport-pending' },
      },
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
