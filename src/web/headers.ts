import type { SallyportError } from '../errors.ts';

/** CSP level 3 (ASVS 3.4.3, 3.4.6) of a page without a script, such as those outside of the own app. */
export const CSP = {
  'default-src': ["'none'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'form-action': ["'self'"],
  'base-uri': ["'none'"],
  'frame-ancestors': ["'none'"],
} as const;

/**
 * Where our own scripts come from. Not `'self'`: the app shares our origin, and what people may upload to it must never
 * run in a page of ours.
 */
export function scriptSource(origin: string): string {
  return `${origin}/.sallyport/assets/`;
}

/** What they may ask: our own addresses alone. */
export function connectSource(origin: string): string {
  return `${origin}/.sallyport/`;
}

/**
 * Not `no-referrer`, under which browsers send `Origin: null` with our own forms (Fetch, append a request Origin header),
 * and not `same-origin`, which would tell the app behind us the address of an enrolment link.
 */
export const REFERRER_POLICY = 'strict-origin';
export const PERMISSIONS_POLICY =
  'camera=(), geolocation=(), microphone=(), payment=(), usb=(), publickey-credentials-create=(self), publickey-credentials-get=(self)';
/** Sent over https alone (RFC 6797 §7.2). */
export const HSTS = 'max-age=31536000; includeSubDomains';

/** What every page of ours carries, those outside of the own app (own.ts) too. A test holds the two to be equal. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  Vary: 'Accept-Language, Cookie',
  'Content-Security-Policy': Object.entries(CSP)
    .map(([name, values]) => `${name} ${values.join(' ')}`)
    .join(';'),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Origin-Agent-Cluster': '?1',
  'Permissions-Policy': PERMISSIONS_POLICY,
  'Referrer-Policy': REFERRER_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'X-DNS-Prefetch-Control': 'off',
  'X-Download-Options': 'noopen',
  'X-Frame-Options': 'DENY',
  'X-Permitted-Cross-Domain-Policies': 'none',
  'X-XSS-Protection': '0',
};

/**
 * The policy for a page whose form ends at the app: browsers hold `form-action` against every redirect that follows a form
 * (CSP3 §6.3.1), so under `'self'` a person whose app sends them on to another host would be left on a dead page. Such
 * pages ask for a one-time code or a passkey, never for a password.
 */
export function formsMayLeave(policy: string): string {
  return policy.replace("form-action 'self'", "form-action 'self' https: http:");
}

/** The policy for a page that holds its style inside: that one and no other. `source`: its hash. */
export function styleInside(policy: string, source: string): string {
  return policy.replace("style-src 'self'", `style-src ${source}`);
}

/** RFC 9457 problem details. The type is a name, not an address to look up. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail?: string;
  readonly retry_after?: number;
}

/** In English, whatever the person reads: programs read it. */
export function problemOf(error: SallyportError): Problem {
  const title = error.publicMessage;
  const detail = error.shown === undefined ? {} : { detail: error.shown };
  const problem = {
    type: `urn:sallyport:error:${error.code}`,
    title,
    status: error.status,
    code: error.code,
    ...detail,
  };
  return error.retryAfter === undefined
    ? problem
    : { ...problem, retry_after: Math.max(1, Math.ceil(error.retryAfter)) };
}
