import * as z from 'zod';
import { block, duration, expecting, flag, list, named, text, whole, word } from './fields.ts';
import { type Parsed, parseHostName, parseProxyBlock } from './hosts.ts';
import { exactPath, parseExemptPath, parseRulePath } from './paths.ts';
import { namePattern } from './preset/glob.ts';
import { login } from './schema-login.ts';
import { DAY, file, group, HOUR, id, line, SECOND, sessions } from './schema-parts.ts';
import { roster } from './schema-roster.ts';
import { headerNameFault, parseDay, parseForeignOrigin, parseOrigin, parseTemplate } from './values.ts';
import { parseWayPast } from './ways-past.ts';

/** A name or an anchored pattern, kept as it is written. */
function parseCookieName(raw: string): Parsed<string> {
  try {
    namePattern(raw);
    return { value: raw };
  } catch {
    return { fault: 'Expected the name of a cookie such as lang, or a pattern that begins with ^.' };
  }
}

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
      description:
        'Which Host the app sees: preserve (the public one) or upstream (its own); a preset may say otherwise.',
      default: 'preserve',
    }).optional(),
    origin: word(['preserve', 'upstream'], {
      description:
        'What the app sees in Origin and Referer of its own pages, for requests and WebSockets: preserve (the public origin) or upstream (its own: its scheme, and the Host that it sees), for apps that compare them with what they believe to be. Origins of other sites stay as they are. A preset may say otherwise.',
      default: 'preserve',
    }).optional(),
    connections: whole(1, 10_000, { description: 'Most connections to the app at one time.' }).prefault(128),
    longest_line: whole(512, 65_536, {
      description:
        'Bytes of the longest line of a request’s head that the app’s server reads as one. Some read lines into a buffer and take the rest for other headers, which nobody has judged: longer ones are refused. Default: as the preset says, else any.',
      examples: [4094],
    }).optional(),
    connect_timeout: duration(SECOND, HOUR, '1s to 1h', { description: 'Time to connect to the app.' }).prefault('5s'),
    first_byte_timeout: duration(SECOND, DAY, '1s to 1d', {
      description: 'Time from the end of the request to the head of the answer.',
    }).prefault('60s'),
    idle_timeout: duration(SECOND, DAY, '1s to 1d', {
      description: 'An answer without a byte for this time is cut, whether its length is known or not.',
    }).prefault('10m'),
    stream_timeout: duration(SECOND, 7 * DAY, '1s to 7d', {
      description:
        'The same for event streams (text/event-stream), WebSockets, and answers that the browser stops reading.',
    }).prefault('1h'),
  },
  { description: 'The app behind us: its address alone, or a block of options.' },
);

/** The address alone is a block with nothing but defaults. */
const upstream = z.union([upstreamUrl.transform((url) => upstreamBlock.parse({ url })), upstreamBlock], {
  error: expecting('Expected the address of the app, such as http://10.0.0.5:8080.'),
});

const rule = block(
  {
    path: text(parseRulePath, 'Expected a path such as /admin/**.', {
      description:
        '/a/b for this page alone (for a file such as /a.php with what stands behind it), /a/** for it and everything below; the most specific rule decides.',
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
    method: word(EXEMPT_METHODS, {
      description:
        'The exact method; GET does not include HEAD. DELETE, PROPFIND and REPORT act on what is below the path too: where a rule covers any of that, the exemption does not hold.',
      examples: ['GET'],
    }),
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

const FOREIGN = 'Expected the origin of the other site, such as https://idp.example.org, or the word "null" in quotes.';

const crossSite = block(
  {
    path: text(exactPath('/saml/acs'), 'Expected one exact path such as /saml/acs.', {
      description: 'The exact path, byte for byte; the query is not looked at and is passed on.',
      examples: ['/saml/acs'],
    }),
    from: list(
      text(parseForeignOrigin, FOREIGN, { description: 'An origin.' }),
      'Expected a list of origins, such as [https://idp.example.org].',
      {
        description:
          'The exact origins that may send a form there, or ask from a script; "null", quoted: any site that hides its origin, for forms alone.',
        examples: [['https://idp.example.org']],
      },
    ).min(1, 'List at least one origin, or remove this entry.'),
  },
  { description: 'A path that another site sends people to with a form, such as a SAML response or a payment return.' },
);

const headerName = z.string().superRefine((name, context) => {
  const message = headerNameFault(name);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

export const app = block(
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
    connections: word(['shared', 'exclusive'], {
      description:
        'Whether requests of several people may follow one another on a connection to the app (shared), or each session has connections of its own (exclusive), so that what the app writes unasked reaches nobody else.',
      default: 'shared',
    }).optional(),
    rewrite: word(['on', 'off'], {
      description:
        'Whether addresses in Location, Content-Location, Refresh and Link that name the app by its upstream, or by the wrong scheme or port, are led to its public origin, and those in Destination and If of requests to the app (on), or pass as they are (off).',
    }).prefault('on'),
    realm: id.meta({ description: 'The realm whose accounts may sign in.', 'x-examples': ['staff'] }),
    login,
    client_cookies: list(
      text(parseCookieName, 'Expected the name of a cookie.', { description: 'A cookie.' }),
      'Expected a list of names of cookies, such as [lang].',
      {
        description:
          'Cookies of the browser that an app with a preset may see; a name, or a pattern that begins with ^.',
        examples: [['lang']],
      },
    ).prefault([]),
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
    websocket_without_origin: list(
      text(exactPath('/api/live'), 'Expected one exact path such as /api/live.', { description: 'An exact path.' }),
      'Expected a list of exact paths, such as [/api/live].',
      {
        description:
          'Paths at which programs that are no browsers may open a WebSocket without an Origin, with a session as everywhere; default: none.',
        examples: [['/api/live']],
      },
    ).prefault([]),
    cross_site: list(crossSite, 'Expected a list of paths and origins.', {
      description: 'Where forms of other sites are taken on; a session is required as everywhere. Default: nowhere.',
    }).prefault([]),
    ways_past: block(
      {
        addresses: list(
          text(parseWayPast, 'Expected an address at which the app might answer, such as 10.0.0.5:8080.', {
            description: 'An origin, a host or address with or without its port, or an IPv4 network of at most /24.',
          }),
          'Expected a list of addresses, such as [10.0.0.5:8080].',
          {
            description:
              'Where the app might answer others than us, besides its upstream: "origin check" asks there, and nowhere else.',
            examples: [['10.0.0.5:8080', 'old.example.org']],
          },
        )
          .max(64, 'List at most 64 addresses.')
          .prefault([]),
        ours: list(
          text(parseProxyBlock, 'Expected an address or CIDR block.', { description: 'An address or CIDR block.' }),
          'Expected a list of addresses and CIDR blocks.',
          {
            description:
              'Addresses that the app sees us come from, for access logs without the id that we send; default: those of the machine on which the log is read.',
            examples: [['10.0.0.7']],
          },
        ).prefault([]),
      },
      { description: 'Ways past us that are looked at by "origin check" and "origin log".' },
    ).prefault({}),
    roster: roster.optional(),
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
