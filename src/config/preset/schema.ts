import * as z from 'zod';
import { expecting, whole } from '../fields.ts';
import { about, block, list, matching, names, predicate, query, scalar, some, word } from './fields.ts';
import { door, step, surface, whoami } from './schema-step.ts';

const vault = block(
  {
    json: some('JSON pointer of the token in the answer.', '/authToken').optional(),
    xml: some('XML path of the token in the answer.').optional(),
    send: block(
      {
        header: some('Header that carries it.').optional(),
        query: some('Query parameter that carries it.').optional(),
        path: some('Path with one segment {} that carries it.').optional(),
      },
      about('Where requests carry the token.'),
    ).optional(),
  },
  about('A token in the body that stands for the session; kept by us.'),
);

const guard = block(
  {
    fields: names('Fields that may stand in a login step alone.', ['password']).optional(),
    sets: list(names('Fields.'), 'Expected a list of lists.', about('Fields that are refused together.')).optional(),
    query: names('The same, in the query alone.').optional(),
    headers: names('Headers that are removed.').optional(),
    query_equals: z.record(z.string(), z.string()).optional().meta(about('Parameters that must have this value.')),
  },
  about('Credential fields outside of a login step are refused.'),
);

/** Only schemes whose credentials name somebody: whose a bearer token is, nobody can say. */
const scheme = z
  .enum(['basic', 'digest'], {
    error: expecting(
      'Expected one of: basic, digest. A bearer token does not say whose it is; a token that the sign-in gives out belongs into session.vault.',
    ),
  })
  .meta(about('A scheme whose credentials name the account.'));

const webSocket = block(
  {
    path: some('Path.', '/socket'),
    origin: word(['upstream', 'keep'], about('Which Origin the app sees.')).optional(),
    token: matching(
      /^query\..{1,128}$/,
      'Expected query. and the name of the parameter, such as query.token.',
      about('query.NAME: parameter that holds a token of the vault.', 'query.token'),
    ).optional(),
  },
  about('A WebSocket of the app.'),
);

export const rewrite = block(
  {
    host: word(['preserve', 'upstream'], about('Which Host the app sees.')).optional(),
    origin: z.boolean().optional().meta(about('Origin and Referer as the app expects them.')),
    location: z.boolean().optional().meta(about('The app’s own origin in Location becomes ours.')),
    body: names('Origins that the app calls itself in its pages.').optional(),
  },
  about('How the app’s name for itself is translated.'),
);

/** A preset file. What is not listed is a fault. */
export const presetSchema = block(
  {
    preset: z
      .literal(1, { error: expecting('Expected 1, the form of presets that this version reads.') })
      .meta(about('Form of the file.', 1)),
    id: some('Name; the same as the file’s.', 'dokuwiki'),
    title: some('The product, for people.', 'DokuWiki').optional(),
    note: some('What an operator should know.').optional(),
    tested: list(
      some('A version.'),
      'Expected a list of versions; [] when it was written from documentation.',
      about('Versions that it was tried with.', ['DokuWiki 2022-07-31']),
    ),
    params: z
      .record(z.string().regex(/^[a-z][a-z0-9_]*$/), z.union([z.null(), scalar]))
      .optional()
      .meta(about('Values that the operator may set, with their defaults; null: must be set.', { base: '' })),
    entry: some('Where somebody who must sign in is sent.', '/login'),
    paths: word(['case', 'nocase'], about('nocase: the server does not tell capitals apart (IIS).')).optional(),
    longest_line: whole(512, 65_536, {
      description:
        'Bytes of the longest line of a request’s head that the server reads as one; it takes what is longer for several, the rest for headers that nobody judged. Such requests are refused.',
      examples: [1997],
    }).optional(),
    anon: list(
      surface,
      'Expected a list of paths.',
      about('What may be seen before signing in, with order: login-first.'),
    ).optional(),
    login: list(step, 'Expected a list of steps.', about('The steps of signing in.')),
    whoami: whoami.optional(),
    assurance: z.literal('login-form').optional().meta(about('login-form: the app cannot be asked who is signed in.')),
    account: block(
      {
        fold: list(
          word(['trim', 'nfkc', 'lower', 'capital'], about('A folding; capital: the first letter alone, of a to z.')),
          'Expected a list of foldings.',
          about('How the product folds names.', ['trim', 'lower']),
        ).optional(),
        strip: names('Patterns that are taken off.').optional(),
        accept: some('What is left must match.').optional(),
        one: some(
          'The app has one account, of that name; any word where it has none. Its sign-in may then be a password alone.',
          'admin',
        ).optional(),
      },
      about('Names of accounts.'),
    ).optional(),
    session: block(
      {
        cookies: names('Cookies that are the app’s session, by name or ^pattern.', ['PHPSESSID']),
        rolling: z.boolean().optional().meta(about('Their values change with every answer.')),
        no_ids: names('Query parameters that are called like a session id and are none to this app.', [
          'session_id',
        ]).optional(),
        vault: list(vault, 'Expected a list.', about('Tokens in bodies.')).optional(),
      },
      about('The app’s session.'),
    ),
    browser_cookies: names('Cookies that scripts of the app read.').optional(),
    client_cookies: names('Cookies that scripts of the app set.').optional(),
    logout: list(
      block({ path: some('Path.'), query: query.optional() }, about('Signing out.')),
      'Expected a list.',
      about('Signing out of the app.'),
    ).optional(),
    lost: list(predicate, 'Expected a list.', about('Answers that say that the app’s session is over.')).optional(),
    guard: guard.optional(),
    doors: list(door, 'Expected a list of doors.', about('Other ways in.')).optional(),
    routed: z
      .record(z.string(), some('The path that the value is behind.', '/wp-json'))
      .optional()
      .meta(about('Query parameters, at any address, whose value is a path: doors are doors there too.')),
    ws: list(webSocket, 'Expected a list.', about('WebSockets of the app.')).optional(),
    authorization: list(
      scheme,
      'Expected a list of schemes.',
      about('Schemes of Authorization that the app uses.'),
    ).optional(),
    rewrite: rewrite.optional(),
    fill: z.boolean().optional().meta(about('false: the name is not written into the app’s login page.')),
    limits: list(some('A sentence.'), 'Expected a list of sentences.', about('What cannot be carried.')).optional(),
  },
  about('How a product signs people in.'),
);

export type WrittenPreset = z.output<typeof presetSchema>;
export type WrittenPredicate = z.output<typeof predicate>;
export type WrittenStep = z.output<typeof step>;
export type WrittenDoor = z.output<typeof door>;
export type WrittenSurface = z.output<typeof surface>;
export type WrittenWhoami = z.output<typeof whoami>;
export { door, surface, whoami };
