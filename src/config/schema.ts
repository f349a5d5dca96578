import * as z from 'zod';
import { block, duration, expecting, flag, list, matching, named, text, whole, word } from './fields.ts';
import { parseHostName, parseListen, parseProxyBlock } from './hosts.ts';
import { parseExemptPath, parseRulePath } from './paths.ts';
import { headerNameFault, parseDay, parseOrigin, parseStore, parseTemplate } from './values.ts';

const SECOND = 1000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The defaults of session limits; NIST SP 800-63B-4 §2.2.3 recommends at most 24 h and 1 h of inactivity at AAL2. */
export const SESSION_DEFAULTS = { idleMs: 30 * 60_000, absoluteMs: 8 * HOUR } as const;

const id = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,31}$/,
    'Expected a name of 1 to 32 lower-case letters, digits and hyphens that begins with a letter.',
  );

const file = (description: string, example: string) =>
  matching(/^[^\0]+$/, 'Expected the path of a file.', { description, examples: [example] });

const line = (most: number, description: string, example: string) =>
  matching(
    new RegExp(`^(?=\\S)[^\\x00-\\x1f\\x7f]{1,${most}}(?<=\\S)$`, 'u'),
    `Expected one line of 1 to ${most} characters.`,
    {
      description,
      examples: [example],
    },
  );

const sessions = (description: string) =>
  block(
    {
      idle: duration(SECOND, 30 * DAY, '1s to 30d', {
        description: 'A session ends after this time without a request of the person.',
        default: '30m',
      }).optional(),
      absolute: duration(SECOND, 30 * DAY, '1s to 30d', {
        description: 'A session ends after this time in any case; more than 24h is reported by check.',
        default: '8h',
      }).optional(),
    },
    { description },
  ).optional();

const realm = block(
  {
    source: word(['local', 'app'], {
      description: 'Where the password is checked: local (by Sallyport) or app (by the app alone).',
      examples: ['local'],
    }),
    domains: list(
      matching(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})$/, 'Expected a domain such as CORP or corp.example.', {
        description: 'A domain.',
      }),
      'Expected a list of domains, such as [CORP, corp.example].',
      {
        description: 'For these, CORP\\x and x@corp.example name the account x.',
        examples: [['CORP', 'corp.example']],
      },
    ).prefault([]),
    unicode: flag({ description: 'Whether account names may hold letters outside ASCII.' }).prefault(false),
    sessions: sessions('Limits of sessions of this realm; what is left out comes from the top.'),
  },
  { description: 'A namespace of accounts.' },
);

const upstreamUrl = text(parseOrigin, 'Expected the address of the app, such as http://10.0.0.5:8080.', {
  description: 'Scheme, host and port of the app.',
  examples: ['http://127.0.0.1:9000'],
});

const upstreamBlock = block(
  {
    url: upstreamUrl,
    ca: file(
      'PEM file of the authority that signed the certificate of the app; default: those that Node trusts.',
      'upstream-ca.pem',
    ).optional(),
    host: word(['preserve', 'upstream'], {
      description: 'Which Host the app sees: preserve (the public one) or upstream (its own).',
    }).prefault('preserve'),
    connections: whole(1, 10_000, { description: 'Most connections to the app at one time.' }).prefault(128),
    connect_timeout: duration(SECOND, HOUR, '1s to 1h', { description: 'Time to connect to the app.' }).prefault('5s'),
    first_byte_timeout: duration(SECOND, DAY, '1s to 1d', {
      description: 'Time from the end of the request to the head of the answer.',
    }).prefault('60s'),
    idle_timeout: duration(SECOND, DAY, '1s to 1d', {
      description: 'An answer or WebSocket without a byte for this time is cut.',
    }).prefault('10m'),
  },
  { description: 'The app behind us: its address alone, or a block of options.' },
);

/** The address alone is a block with nothing but defaults. */
const upstream = z.union([upstreamUrl.transform((url) => upstreamBlock.parse({ url })), upstreamBlock], {
  error: expecting('Expected the address of the app, such as http://10.0.0.5:8080.'),
});

const group = matching(
  /^(?=\S)[^\0-\x1f\x7f,]{1,64}(?<=\S)$/u,
  'Expected the name of a group: 1 to 64 characters without commas.',
  { description: 'A group.' },
);

const rule = block(
  {
    path: text(parseRulePath, 'Expected a path such as /admin/**.', {
      description: '/a/b for this page alone, /a/** for it and everything below; the most specific rule decides.',
      examples: ['/admin/**'],
    }),
    require: word(['mfa', 'passkey'], {
      description: 'mfa (any second factor, as everywhere) or passkey (phishing-resistant).',
    }).prefault('mfa'),
    max_age: duration(SECOND, 30 * DAY, '1s to 30d', {
      description: 'A factor must have been used within this time; default: within the session.',
      examples: ['15m'],
    }).optional(),
    groups: list(group, 'Expected a list of groups, such as [ops].', {
      description: 'The account must be in one of these groups; default: any account.',
      examples: [['ops']],
    })
      .min(1, 'An empty list would admit everybody. List at least one group, or leave groups out.')
      .optional(),
  },
  { description: 'What a part of the app requires beyond a session.' },
);

/** CONNECT and TRACE are refused everywhere. */
export const EXEMPT_METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'PROPFIND',
  'REPORT',
] as const;

const exemption = block(
  {
    method: word(EXEMPT_METHODS, { description: 'The exact method; GET does not include HEAD.', examples: ['GET'] }),
    path: text(parseExemptPath, 'Expected one exact path such as /healthz.', {
      description: 'The exact path, byte for byte; the query is not looked at and is passed on.',
      examples: ['/healthz'],
    }),
    reason: line(200, 'Why this must work without a session; stands in the coverage report.', 'load balancer probe'),
    owner: line(200, 'Who answers for it.', 'ops@example.org'),
    expires: text(
      (raw) => {
        const day = parseDay(raw);
        return 'value' in day ? { value: { text: raw, end: day.value } } : day;
      },
      'Expected a date as YYYY-MM-DD.',
      {
        description: 'The last day (UTC) on which it works; after that it stops by itself.',
        examples: ['2099-12-31'],
      },
    ),
  },
  { description: 'An exact method and path that needs no session.' },
);

const headerName = z.string().superRefine((name, context) => {
  const message = headerNameFault(name);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

const app = block(
  {
    hosts: list(
      text(parseHostName, 'Expected a host name such as portal.example.org.', {
        description: 'A host name or address.',
      }),
      'Expected a list of host names, such as [portal.example.org].',
      {
        description: 'Public host names; any other name is refused. The port plays no part in finding the app.',
        examples: [['localhost', '127.0.0.1']],
      },
    ).min(1, 'List at least one host name.'),
    origin: text(parseOrigin, 'Expected an origin such as https://portal.example.org.', {
      description:
        'Public origin; default: the first host, with its port or, without proxies in front, that of listen.',
      examples: ['https://localhost:8080'],
    }).optional(),
    upstream,
    realm: id.meta({ description: 'The realm whose accounts may sign in.', 'x-examples': ['staff'] }),
    login: z
      .literal('none', {
        error:
          'This version does not bind logins of apps yet. Write login: none; the app then trusts the assertion or identity headers, or asks for its own password after the second factor.',
      })
      .meta({ description: 'How the app signs people in; none: by the assertion or the identity headers.' })
      .prefault('none'),
    sessions: sessions('Limits of sessions at this app; what is left out comes from the realm.'),
    rules: list(rule, 'Expected a list of rules.', {
      description: 'Parts of the app that require more than a session.',
    }).prefault([]),
    exemptions: list(exemption, 'Expected a list of exemptions.', {
      description: 'The only requests that pass without a session.',
    }).prefault([]),
    headers: named(
      headerName,
      text(parseTemplate, 'Expected a template such as "{account}", quoted.', { description: 'A template.' }),
      'Expected a block of header names and templates, such as Remote-User: "{account}".',
      {
        description: 'Identity headers for the app, from {account}, {account_id}, {realm}, {groups} and {sid}.',
        examples: [{ 'Remote-User': '{account}' }],
      },
    ).prefault({}),
    websocket_origins: list(
      text(parseOrigin, 'Expected an origin such as https://other.example.org.', { description: 'An origin.' }),
      'Expected a list of origins.',
      {
        description: "Origins other than the app's own whose pages may open a WebSocket.",
        examples: [['https://other.example.org']],
      },
    ).prefault([]),
    target: block(
      {
        encoded_slash: flag({ description: 'Accept %2F in paths of signed-in requests.' }).prefault(false),
        empty_segments: flag({ description: 'Accept // in paths of signed-in requests.' }).prefault(false),
      },
      { description: 'Deviations from the strict form of addresses, for apps that need them.' },
    ).prefault({}),
  },
  { description: 'An app that is guarded.' },
);

/** The whole file. Its output has durations in ms and parsed values; references and inheritance are resolved after it. */
export const schema = block(
  {
    listen: text(parseListen, 'Expected an address and a port, such as 127.0.0.1:8080.', {
      description: 'Address and port to listen on. Without tls and trusted_proxies it must be loopback.',
    }).prefault('127.0.0.1:8080'),
    tls: block(
      {
        cert: file('PEM file with the certificate and its chain.', '/etc/sallyport/tls.crt'),
        key: file('PEM file with the private key; not readable by others.', '/etc/sallyport/tls.key'),
      },
      { description: 'Terminate TLS 1.2 and 1.3 here; default: no TLS.' },
    ).optional(),
    data: matching(/^[^\0]+$/, 'Expected the path of a folder.', {
      description: 'Folder of the database and the master key; relative paths in this file start at its own folder.',
    }).prefault('/var/lib/sallyport'),
    store: text(parseStore, 'Expected sqlite:///path or postgres://user@host/database.', {
      description:
        'Database: sqlite:///path, or postgres://user@host/database for several nodes; default: sallyport.db in data.',
      examples: ['postgres://sallyport@db.example.org/sallyport'],
    }).optional(),
    store_password_file: file(
      'File that holds the password of the PostgreSQL user; or set SALLYPORT_STORE_PASSWORD.',
      '/etc/sallyport/store-password',
    ).optional(),
    master_key: file(
      'File of the key that seals secrets, created at the first start; default: master.key in data.',
      '/var/lib/sallyport/master.key',
    ).optional(),
    trusted_proxies: list(
      text(parseProxyBlock, 'Expected an address or CIDR block.', { description: 'An address or CIDR block.' }),
      'Expected a list of addresses and CIDR blocks.',
      {
        description: 'Only these may say by X-Forwarded-* who the client is.',
        examples: [['10.0.0.7', '10.1.0.0/24']],
      },
    ).prefault([]),
    sessions: sessions('Limits of sessions, for every realm and app that has none of its own.'),
    realms: named(id, realm, 'Expected a block of realms, such as staff: { source: local }.', {
      description: 'Namespaces of accounts, by a name of your choice.',
      examples: ['staff'],
    }),
    apps: named(id, app, 'Expected a block of apps.', {
      description: 'The apps that are guarded, by a name of your choice; the name is the aud of assertions.',
      examples: ['portal'],
    }),
    log: block(
      {
        level: word(['debug', 'info', 'warn', 'error'], {
          description: 'The least severity that is written.',
        }).prefault('info'),
        requests: flag({ description: 'Write a line for every request.' }).prefault(true),
      },
      { description: 'The log, JSON lines on standard output.' },
    ).prefault({}),
    keys: block(
      {
        rotate: duration(HOUR, 400 * DAY, '1h to 400d', {
          description: 'A new signing key is published after this time.',
        }).prefault('90d'),
      },
      { description: 'Keys that sign assertions.' },
    ).prefault({}),
    help: block(
      {
        text: line(
          500,
          'A sentence on our pages for people who cannot sign in.',
          'Lost your phone? Call the service desk.',
        ).optional(),
        contact: line(200, 'Where they get help.', 'service-desk@example.org').optional(),
      },
      { description: 'Help shown on the sign-in pages.' },
    ).prefault({}),
    limits: block(
      {
        connections: whole(1, 1_000_000, { description: 'Most connections of clients at one time.' }).prefault(10_000),
        headers_timeout: duration(SECOND, 10 * 60_000, '1s to 10m', {
          description: 'Time in which the head of a request must arrive.',
        }).prefault('15s'),
        drain: duration(SECOND, HOUR, '1s to 1h', { description: 'Time for requests under way at a stop.' }).prefault(
          '8s',
        ),
      },
      { description: 'Limits of the server.' },
    ).prefault({}),
  },
  { description: 'The configuration of Sallyport.' },
);

/** What stands in the file once it has passed the schema. */
export type Written = z.output<typeof schema>;
export type WrittenApp = Written['apps'][string];
export type WrittenSessions = Written['sessions'];
