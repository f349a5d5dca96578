import type { BoundLogin } from '../../config/login-types.ts';
import type { AppConfig } from '../../config/types.ts';
import { CommandMisused } from '../../terminal/exit.ts';
import { TIME_MS } from './reach.ts';

/** Where an app stands that no configuration names. */
export interface Place {
  /** Where it is reached directly. */
  readonly upstream: string;
  /** Where people reach it. */
  readonly origin: string;
  /** Which Host it is sent; left out: what the preset says, as in a configuration. */
  readonly host?: AppConfig['upstream']['host'];
}

/** A name that no app knows: one that is particular about its own is found out, and not taken for one that is not. */
export const ASSUMED_ORIGIN = 'https://portal.example';

const HOUR_MS = 3_600_000;

/** The origin that an option names. Throws CommandMisused for what is none. */
export function originIn(option: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const plain = url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  if (url === null || !plain || url.pathname !== '/' || url.search !== '' || url.hash !== '')
    throw new CommandMisused(`${option} must be an origin, such as http://10.0.0.5:8080, without a path.`);
  return url.origin;
}

/** The app as a configuration would have it that says where it is, how it signs people in, and nothing else. */
export function appAt({ upstream, origin, host }: Place, login: BoundLogin): AppConfig {
  const limits = { idleMs: HOUR_MS, absoluteMs: HOUR_MS };
  return {
    id: 'app',
    hosts: [{ name: new URL(origin).hostname, port: null }],
    origin,
    upstream: {
      origin: upstream,
      ca: null,
      host: host ?? login.rewrite.host ?? 'preserve',
      ownOrigin: login.rewrite.origin,
      connections: 2,
      exclusive: false,
      longestLine: null,
      connectTimeoutMs: TIME_MS,
      firstByteTimeoutMs: TIME_MS,
      idleTimeoutMs: TIME_MS,
      streamTimeoutMs: TIME_MS,
    },
    rewrite: true,
    realm: { id: 'people', source: 'app', domains: [], unicode: true, sessions: limits },
    login,
    clientCookies: [],
    relyingParty: null,
    sessions: limits,
    rules: [],
    exemptions: [],
    headers: new Map(),
    webSocketOrigins: [],
    webSocketWithoutOrigin: [],
    waysPast: { addresses: [], ours: [] },
    roster: null,
    crossSite: [],
    target: { encodedSlash: false, emptySegments: false },
  };
}
