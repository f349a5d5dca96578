import { VERSION } from '../../../lib/version.ts';
import type { Needs } from '../../../manage/authority.ts';
import type { Answer } from '../../reply.ts';
import { IN_FORCE, PROBLEM } from './openapi-shared.ts';
import { PAGE } from './pages.ts';
import { fieldsOf, type JsonSchema, requiredOf } from './schema.ts';
import { API, type ApiOperation, BASE, takesKey } from './table.ts';
import { tagOf } from './tags.ts';

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

const OF: Readonly<Record<Needs['of'], string>> = {
  account:
    'held for the organisation of the account, or for everything; an account of another organisation is not there (404)',
  organisation: 'held for that organisation, or for everything; another organisation is not there (404)',
  everything: 'held for everything, not for single organisations',
  reach: 'held for everything or for some organisations; of others nothing is shown or done',
};

/** Who may ask for it, and what it leaves behind, in sentences. */
function described(operation: ApiOperation): string {
  const { needs, records, ends, method, thing, list } = operation;
  const sentences = [
    `Needs the role ${needs.roles.join(', ')}: ${OF[needs.of]}.`,
    needs.fresh === true && 'A person needs a factor used within five minutes, and does it to nobody’s own account.',
    records === null
      ? 'Changes nothing.'
      : records.length === 0
        ? 'Puts nothing on record.'
        : `Puts on record: ${records.join(', ')}.`,
    ends && 'Answers when every node has it in force, or refuses everything; `in_force` says which.',
    list && 'Told in pages: `next` is the `cursor` of what follows, null at the end.',
    takesKey(operation) && 'With an `Idempotency-Key` it is done once, however often it is sent within 24 hours.',
    method !== 'GET' && thing() !== undefined && 'With `If-Match` it is done only if nothing has changed since.',
  ];
  return sentences.filter((each) => each !== false).join(' ');
}

function header(name: string, description: string, schema: JsonSchema): JsonSchema {
  return { name, in: 'header', required: false, description, schema };
}

const PAGING = [
  {
    name: 'limit',
    in: 'query',
    description: 'How many at once.',
    schema: { type: 'integer', minimum: 1, maximum: PAGE.most, default: PAGE.default },
  },
  { name: 'cursor', in: 'query', description: '`next` of the page before.', schema: { type: 'string' } },
];

function parametersOf(operation: ApiOperation): readonly JsonSchema[] {
  const { input, names, method, list, fields, thing } = operation;
  const known = fieldsOf(input);
  const required = requiredOf(input);
  const inPath = names.map((name) => ({ name, in: 'path', required: true, schema: known.get(name) ?? {} }));
  const inQuery = [...known]
    .filter(([name]) => fields.has(name) && (method === 'GET' || method === 'DELETE'))
    .map(([name, schema]) => ({ name, in: 'query', required: required.includes(name), schema }));
  const key = header('Idempotency-Key', 'Any text of the sender’s, new for each act.', {
    type: 'string',
    pattern: '^[!-~]{1,128}$',
  });
  const match = header('If-Match', `ETag of GET ${thing()?.path ?? ''}, or *.`, { type: 'string' });
  return [
    ...inPath,
    ...inQuery,
    ...(list ? PAGING.filter(({ name }) => !fields.has(name)) : []),
    ...(takesKey(operation) ? [key] : []),
    ...(method !== 'GET' && thing() !== undefined ? [match] : []),
  ];
}

function bodyOf({ input, method, fields }: ApiOperation): object {
  if (method === 'GET' || method === 'DELETE') return {};
  const properties = Object.fromEntries([...fieldsOf(input)].filter(([name]) => fields.has(name)));
  const required = requiredOf(input).filter((name) => fields.has(name));
  const schema = { ...input, properties, required };
  return { requestBody: { required: required.length > 0, content: { 'application/json': { schema } } } };
}

/** A list that pages itself has its rows as `items`, like every list. */
function pagedBy(output: JsonSchema): JsonSchema | undefined {
  const fields = fieldsOf(output);
  if (!fields.has('rows') || !fields.has('next')) return undefined;
  const named = (name: string) => (name === 'rows' ? 'items' : name);
  const properties = Object.fromEntries([...fields].map(([name, schema]) => [named(name), schema]));
  return { ...output, properties, required: requiredOf(output).map(named) };
}

/** What is answered, which is always an object. */
function answerOf({ output, list, ends }: ApiOperation): JsonSchema {
  const isObject = output['type'] === 'object' || 'anyOf' in output || '$ref' in output;
  const name = output['type'] === 'array' ? 'items' : 'result';
  const next = list ? { next: { type: ['string', 'null'] } } : {};
  const wrapped: JsonSchema = {
    type: 'object',
    properties: { [name]: output, ...next },
    required: [name, ...Object.keys(next)],
    additionalProperties: false,
  };
  const own = pagedBy(output) ?? (isObject ? output : wrapped);
  if (!ends) return own;
  const properties = { ...Object.fromEntries(fieldsOf(own)), in_force: ref('InForce') };
  return { ...own, properties, required: [...requiredOf(own), 'in_force'] };
}

function refusals(operation: ApiOperation): object {
  const { method, needs, names, thing } = operation;
  const changes = method !== 'GET';
  const codes = [
    400,
    401,
    403,
    ...(names.length > 0 || needs.of !== 'everything' ? [404] : []),
    ...(changes ? [409] : []),
    ...(changes && thing() !== undefined ? [412] : []),
    ...(method === 'POST' || method === 'PATCH' ? [413, 415] : []),
    ...(takesKey(operation) ? [422] : []),
    429,
    503,
  ];
  const problem = { $ref: '#/components/responses/Refused' };
  return Object.fromEntries(codes.map((code) => [String(code), problem]));
}

/** What is answered where it was done. */
function doneBy(operation: ApiOperation): JsonSchema {
  const { creates, method, file } = operation;
  const binary = { schema: { type: 'string', contentMediaType: 'application/zip' } };
  if (file)
    return { description: 'Sent as it is made; cut off where it breaks off', content: { 'application/zip': binary } };
  const etag = { ETag: { description: 'Strong tag of this answer.', schema: { type: 'string' } } };
  return {
    description: creates ? 'Made' : 'Done',
    ...(method === 'GET' ? { headers: etag } : {}),
    content: { 'application/json': { schema: answerOf(operation) } },
  };
}

function operationOf(operation: ApiOperation): JsonSchema {
  const { id, does, path, needs, records, creates } = operation;
  const parameters = parametersOf(operation);
  return {
    operationId: id,
    summary: does,
    description: described(operation),
    tags: [path.split('/')[1] ?? ''],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...bodyOf(operation),
    responses: { [creates ? '201' : '200']: doneBy(operation), ...refusals(operation) },
    'x-roles': needs.roles,
    'x-of': needs.of,
    'x-fresh': needs.fresh === true,
    'x-records': records ?? [],
  };
}

const DESCRIPTION =
  `Administration for programs, at the origin of the console. Show a token (\`Authorization: Bearer sallyport_…\`) or
the session of a person at the console, never both; a change by a session needs \`Origin\` equal to the console's. What a token may do is
named in it, and is never worth more than what its maker may do today. Moments are milliseconds since 1970 (UTC). Everything is answered
with \`Cache-Control: no-store\`; what is refused as \`application/problem+json\` (RFC 9457). Made from the tables of operations by
\`npm run generate\`: what is not here cannot be done over HTTP.`.replaceAll('\n', ' ');

/** OpenAPI 3.1 of all that is served, from the tables that serve it. */
export function openApiDocument(): JsonSchema {
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const operation of API) {
    paths[operation.path] = { ...paths[operation.path], [operation.method.toLowerCase()]: operationOf(operation) };
  }
  const refused = {
    description: 'Refused; nothing was changed',
    content: { 'application/problem+json': { schema: ref('Problem') } },
  };
  return {
    openapi: '3.1.0',
    info: { title: 'Sallyport: administration', version: VERSION, description: DESCRIPTION },
    servers: [{ url: BASE }],
    security: [{ token: [] }, { session: [] }],
    paths: Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1))),
    components: {
      schemas: { Problem: PROBLEM, InForce: IN_FORCE },
      responses: { Refused: refused },
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'Made with `token issue`, or at the console.' },
        session: { type: 'apiKey', in: 'cookie', name: '__Host-sallyport' },
      },
    },
  };
}

let made: string | undefined;

/** The document as a file. */
export function openApiText(): string {
  made ??= `${JSON.stringify(openApiDocument(), null, 2)}\n`;
  return made;
}

/** The document as it is served. */
export function documentAnswer(): Answer {
  const body = openApiText();
  const headers = { 'Content-Type': 'application/json; charset=utf-8', ETag: tagOf(body) };
  return { status: 200, headers, cookies: [], body };
}
