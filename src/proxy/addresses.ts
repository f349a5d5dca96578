import type { AppConfig } from '../config/types.ts';
import type { Admission } from '../gate/admission.ts';
import { ownAddress } from '../request/addresses.ts';
import { originOf, parseHost } from '../request/hosts.ts';

/** The origin that the browser asked: Host as sent, and the scheme that it used. */
export type RequestedOrigin = Pick<Admission, 'app' | 'host' | 'client'>;

const PORTS = { http: '80', https: '443' } as const;

/**
 * An absolute address of the app as a browser can use it: what names the app's upstream, or a public name of it by the wrong scheme
 * or port, leads to the public origin. Whatever names another host, or names one oddly, stays byte for byte.
 */
export function outwards(value: string, { app, host, client }: RequestedOrigin): string {
  if (!app.rewrite) return value;
  const own = ownAddress(value, app);
  if (own === null) return value;
  const asked = parseHost(host);
  const port = asked.port === '' ? PORTS[client.scheme] : asked.port;
  // Another name of the app stays that name: which of them people use is the app's to say.
  const name = own.upstream && !app.hosts.some((each) => each.name === own.host) ? asked.name : own.host;
  const right = (own.scheme ?? client.scheme) === client.scheme && (own.port ?? PORTS[client.scheme]) === port;
  if (right && name === own.host) return value;
  return `${client.scheme}://${name}${port === PORTS[client.scheme] ? '' : `:${port}`}${own.rest}`;
}

/** The origin under which the app believes to be asked: its own scheme, and the Host that it is sent. */
export function believedOrigin(app: AppConfig, host: string): string {
  const { origin } = app.upstream;
  return app.upstream.host === 'upstream' ? origin : `${origin.slice(0, origin.indexOf(':'))}://${host}`;
}

/**
 * Origin or Referer of a browser's request as the app expects them: ours, by which this very request was sent, becomes the origin
 * under which the app believes to be asked. Any other stays as it is, by another scheme, port or name of the app too: what
 * came from elsewhere must not pass for the app's own page.
 */
export function originInwards(value: string, { app, host, client }: RequestedOrigin): string {
  const ours = originOf(client, parseHost(host));
  if (!value.startsWith(ours) || (value.length > ours.length && value[ours.length] !== '/')) return value;
  return believedOrigin(app, host) + value.slice(ours.length);
}

/** An absolute address of the app, of a browser's request, as the app knows itself. Any other stays. */
export function inwards(value: string, { app, host }: RequestedOrigin): string {
  if (!app.rewrite) return value;
  const own = ownAddress(value, app);
  return own === null || own.scheme === null ? value : believedOrigin(app, host) + own.rest;
}

function isBlank(char: string | undefined): boolean {
  return char === ' ' || char === '\t';
}

function pastBlanks(value: string, at: number): number {
  let i = at;
  while (isBlank(value[i])) i += 1;
  return i;
}

/** Where the address of a Refresh begins (HTML §4.2.5.3): after the time, and after `url=` and a quote where they stand. */
function refreshAddress(value: string): number {
  let at = pastBlanks(value, 0);
  while (at < value.length && '0123456789.'.includes(value[at] ?? ' ')) at += 1;
  at = pastBlanks(value, at);
  if (value[at] === ';' || value[at] === ',') at = pastBlanks(value, at + 1);
  if (value.slice(at, at + 3).toLowerCase() !== 'url') return at;
  const equals = pastBlanks(value, at + 3);
  if (value[equals] !== '=') return at;
  at = pastBlanks(value, equals + 1);
  return value[at] === '"' || value[at] === "'" ? at + 1 : at;
}

/** Refresh with its address led outwards. */
export function refreshOutwards(value: string, requested: RequestedOrigin): string {
  const at = refreshAddress(value);
  const quote = value[at - 1];
  const close = quote === '"' || quote === "'" ? value.indexOf(quote, at) : -1;
  const end = close === -1 ? value.length : close;
  return value.slice(0, at) + outwards(value.slice(at, end), requested) + value.slice(end);
}

/**
 * A field with addresses in angle brackets, each of them as `edit` says. They count where `depth` is none: within quotes or
 * parentheses they are something else.
 */
function bracketed(value: string, edit: (address: string) => string): string {
  let out = '';
  let at = 0;
  let quoted = false;
  let depth = 0;
  for (let i = 0; i < value.length; i += 1) {
    const char = value[i];
    if (quoted && char === '\\') i += 1;
    else if (char === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (char === '(') depth += 1;
    else if (char === ')') depth -= 1;
    else if (char === '<') {
      const end = value.indexOf('>', i);
      if (end === -1) break;
      if (depth === 0) out += value.slice(at, i + 1) + edit(value.slice(i + 1, end));
      if (depth === 0) at = end;
      i = end;
    }
  }
  return out + value.slice(at);
}

/** Link (RFC 8288 §3) with its targets led outwards. */
export function linksOutwards(value: string, requested: RequestedOrigin): string {
  return bracketed(value, (address) => outwards(address, requested));
}

/** If (RFC 4918 §10.4) with the resources of its tagged lists led inwards; tokens stand in parentheses. */
export function conditionInwards(value: string, requested: RequestedOrigin): string {
  return bracketed(value, (address) => inwards(address, requested));
}
