import * as z from 'zod';
import {
  about,
  allowed,
  anyMethod,
  block,
  methodName,
  names,
  oneOrMore,
  predicates,
  query,
  some,
  word,
} from './fields.ts';

export const surface = block(
  {
    path: some('Path, with * and ** and {a,b}.', '/login.php'),
    query: query.optional(),
    static: z.boolean().optional().meta(about('A style sheet, script or picture: sent without cookies.')),
    to: z.literal('entry').optional().meta(about('entry: people are sent to the entry instead.')),
  },
  about('What may be seen before anybody has signed in. GET and HEAD only.'),
);

export const step = block(
  {
    id: some('A word for it in the record.', 'password'),
    on: block(
      {
        method: methodName,
        path: oneOrMore(some('Exact path, with wildcards.', '/login'), 'Expected a path or a list of them.'),
        query: query.optional(),
        shared: z
          .boolean()
          .optional()
          .meta(about('The app takes other forms at this address too: those without a field of the sign-in pass.')),
      },
      about('The request that it is.'),
    ),
    type: word(['form', 'json', 'xml', 'basic'], about('How the fields are written.')),
    script: z
      .boolean()
      .optional()
      .meta(about('Sent by a script of the page, though it looks like a form: check advises against login-first.')),
    need: z
      .record(z.string(), allowed)
      .optional()
      .meta(about('Values that make the request this step; "*": the field must be there.')),
    account: some('Field of the account name; left out when an earlier step gave it.', 'username').optional(),
    realm: z.union([z.null(), some('Second field of the name (domain, realm).')]).optional(),
    secret: names('Fields that are secret.', ['password']).optional(),
    pass: z.union([z.literal('any-scalar'), names('Other fields that are passed on.')]).optional(),
    check: z
      .record(z.string(), z.string())
      .optional()
      .meta(about('Patterns that fields must match when they are there.')),
    headers: z.record(z.string(), allowed).optional().meta(about('Values that headers may have.')),
    ok: predicates.optional(),
    fail: predicates.optional(),
    next: z
      .union([
        z.null(),
        block({ step: some('Id of the following step.'), when: predicates }, about('Another step follows.')),
      ])
      .optional(),
  },
  about('A request that signs in, or leads to it.'),
);

const find = {
  find: some(
    'Pattern for the body; its one group is the name. In a long page a match has at most 1,024 characters.',
    'user: <b>([^<]+)<',
  ).optional(),
  header: some('Header that find is the pattern for, in place of the body.', 'X-User').optional(),
  location: some('Pattern for Location; its one group is the name.').optional(),
  json: some('JSON pointer of the name.', '/user/name').optional(),
  cookie: some('Cookie that holds the name.').optional(),
  decode: word(['none', 'url'], about('How the cookie or the header is encoded.')).optional(),
};

export const whoami = block(
  {
    get: some('Target that is asked.', '/whoami').optional(),
    post: some('Target that is asked by POST.').optional(),
    from: z.literal('login').optional().meta(about('login: the answer of the login step tells.')),
    accept: some('Accept header of the question.', 'application/json').optional(),
    ...find,
    anonymous: predicates.optional().meta(about('Answers that say that nobody is signed in.')),
    renews: z
      .boolean()
      .optional()
      .meta(about('The app gives whoever is not signed in another session with every answer, the question’s too.')),
  },
  about('How the app is asked who is signed in.'),
);

export const door = block(
  {
    path: some('Path, with wildcards; any spelling of it.', '/xmlrpc.php'),
    method: anyMethod.optional(),
    query: query.optional(),
    header: some('Only with this header.', 'Authorization').optional(),
    type: some('Only with a body of this media type, however it is spelt.', 'application/soap+xml').optional(),
    do: z
      .literal('deny', {
        error:
          'Expected deny. Doors are closed here; open one for machines (certificates, addresses, tokens) in front of Sallyport.',
      })
      .optional()
      .meta(about('deny; nothing else is possible here.')),
  },
  about('Another way in that takes the same password; always refused.'),
);
