import { randomBytes } from 'node:crypto';
import type { BoundLogin, Door } from '../../config/login-types.ts';
import { headerOf, textOf } from '../../presets/answer.ts';
import { readableQuery } from '../../presets/readable.ts';
import { readHeadOf } from '../../presets/reading.ts';
import type { WholeAnswer } from '../../presets/types.ts';
import { HeaderFields } from '../../request/fields.ts';
import { parseTarget } from '../../request/target.ts';
import { CommandRefused } from '../../terminal/exit.ts';
import type { DirectClient } from './client.ts';
import { pathOfPattern, queryOfRule } from './literal.ts';

/** What is behind a door of the preset, seen from where the app can be reached directly. */
export interface Tried {
  /** As the preset has it, with what it needs besides its path. */
  readonly door: string;
  /** What was asked for; null when the door is a pattern that no single address stands for. */
  readonly target: string | null;
  /** `open`: it asks for or takes passwords. `closed`: refused whatever was sent. `absent`: there is nothing. */
  readonly state: 'open' | 'closed' | 'absent' | 'not tried';
  readonly found: string;
  /** Whether Sallyport refuses that address, by the preset. */
  readonly denied: boolean;
}

/** A door for people: method, path, query and header. */
export function doorText({ text, query, header }: Door): string {
  const parameters = query === 'any' ? null : readableQuery(query);
  return `${text}${parameters === null ? '' : `?${parameters}`}${header === null ? '' : ` with ${header}`}`;
}

/** Credentials that nobody has, new for each run. */
export function bogusBasic(): string {
  return `Basic ${Buffer.from(`nobody-${randomBytes(6).toString('hex')}:${randomBytes(12).toString('hex')}`).toString('base64')}`;
}

/** What of a page does not change from one request to the next. */
export function steadyText(answer: WholeAnswer): string {
  return textOf(answer)
    .replace(/[0-9a-f]{8,}|[A-Za-z0-9+/_=-]{20,}|\d+/g, '#')
    .replace(/\s+/g, ' ');
}

function same(a: WholeAnswer, b: WholeAnswer): boolean {
  return (
    a.status === b.status && headerOf(a, 'location') === headerOf(b, 'location') && steadyText(a) === steadyText(b)
  );
}

/** Whether an answer is what the app says to any address that is not there; some say 200 and repeat the address. */
function missing(answer: WholeAnswer, target: string, control: WholeAnswer, absent: string): boolean {
  if (answer.status === 404 || answer.status === 410) return true;
  if (answer.status !== control.status) return false;
  const without = (text: string, path: string) =>
    path
      .split(/[/?]/)
      .filter((part) => part.length > 2)
      .reduce((left, part) => left.replaceAll(part, '#'), text);
  const size = (text: string) => text.replaceAll('#', '').length;
  const [one, other] = [size(without(steadyText(answer), target)), size(without(steadyText(control), absent))];
  return Math.abs(one - other) <= Math.max(one, other) / 50;
}

async function judgeDoor(client: DirectClient, door: Door, target: string): Promise<Pick<Tried, 'state' | 'found'>> {
  const method = door.method ?? 'GET';
  const headers: Record<string, string> =
    door.header === null || door.header === 'authorization' ? {} : { [door.header]: 'x' };
  const bare = await client.ask({ method, target, headers });
  const absent = `/${randomBytes(8).toString('hex')}`;
  const control = await client.ask({ method, target: absent });
  if (missing(bare, target, control, absent))
    return { state: 'absent', found: `${bare.status}, like any address that is not there` };
  const basic = await client.ask({ method, target, headers: { ...headers, Authorization: bogusBasic() } });
  const challenge = headerOf(basic, 'www-authenticate') ?? headerOf(bare, 'www-authenticate');
  if (challenge !== undefined)
    return { state: 'open', found: `${basic.status}, asks for ${challenge.split(/[ ,]/, 1)[0] ?? 'credentials'}` };
  if (!same(bare, basic)) return { state: 'open', found: `${bare.status}, with a wrong password ${basic.status}` };
  if (bare.status === 403 || bare.status === 401)
    return { state: 'closed', found: `${bare.status}, with Basic credentials as without` };
  return { state: 'open', found: `${bare.status}: something answers there` };
}

/** Asks for one door, without credentials and with some that nobody has. */
export async function tryDoor(client: DirectClient, login: BoundLogin, door: Door): Promise<Tried> {
  const path = pathOfPattern(door.path);
  const base = { door: doorText(door), denied: true };
  if (path === null)
    return { ...base, target: null, state: 'not tried', found: 'a pattern that stands for no single address' };
  const target = `${path}${queryOfRule(door.query, 'x')}`;
  const headers = HeaderFields.of([
    ...(door.header === null ? [] : [door.header, 'x']),
    ...(door.type === null ? [] : ['content-type', door.type]),
  ]);
  const reading = readHeadOf(
    login,
    door.method ?? 'GET',
    parseTarget(target, { encodedSlash: false, emptySegments: false }),
    headers,
  );
  const denied = reading.kind === 'door';
  try {
    return { ...base, target, denied, ...(await judgeDoor(client, door, target)) };
  } catch (error) {
    if (error instanceof CommandRefused) return { ...base, target, denied, state: 'closed', found: 'no answer' };
    throw error;
  }
}
