import type { AppConfig } from '../../config/types.ts';
import type { Clock } from '../../lib/clock.ts';
import { type Random, randomToken } from '../../lib/random.ts';
import { carryNobodys } from '../../login/carried.ts';
import { cookieSuffix, PENDING_COOKIE, SESSION_COOKIE } from '../../request/cookies.ts';
import type { Seal } from '../../store/seal.ts';
import { answersIn } from './answers.ts';
import { send } from './ask.ts';
import type { Visitor } from './types.ts';

/** A visitor, and the cookies that it comes with; null: none. */
export interface Guise {
  readonly visitor: Visitor;
  readonly cookie: string | null;
}

/** A name that is nobody's. */
const NOBODY = 'sallyport-canary-nobody';

const suffixOf = ({ origin }: AppConfig): string => cookieSuffix(new URL(origin).port);

/** Names of the session's cookie at an app's origin. */
export function cookieNames(app: AppConfig): readonly string[] {
  return [...new Set([SESSION_COOKIE, SESSION_COOKIE + suffixOf(app)])];
}

/**
 * Begins a sign-in as anybody can: where a name alone begins it, the server itself gives the cookie of one that waits. null where a
 * password comes first, which nobody has.
 */
async function halfSignedIn({ origin }: AppConfig): Promise<string | null> {
  const body = `account=${NOBODY}`;
  const head = [
    'POST /.sallyport/sign-in HTTP/1.1',
    `Host: ${new URL(origin).host}`,
    `Origin: ${origin}`,
    'Content-Type: application/x-www-form-urlencoded',
    `Content-Length: ${body.length}`,
    'Connection: close',
  ];
  const { text } = await send(origin, `${head.join('\r\n')}\r\n\r\n${body}`);
  const given = answersIn(text, false)[0]?.all('set-cookie') ?? [];
  return given.find((line) => line.startsWith(PENDING_COOKIE) && !/Max-Age=0/i.test(line))?.split(';', 1)[0] ?? null;
}

export interface VisitorParts {
  readonly random: Random;
  readonly clock: Clock;
  readonly seal: Pick<Seal, 'mac' | 'seal' | 'open'>;
}

/**
 * As whom the canary comes. `half signed in` has a sign-in that waits: the server's own where a name alone begins one, else one that is sealed as
 * the server would, of a name that no account can have. `ended session` and `forged session` have a cookie of the form of a session's, which is what
 * an ended one leaves behind: no account and no session is made for them, so that there is none which somebody could use
 * (docs/decisions/0053, 0060).
 */
export async function guises(app: AppConfig, parts: VisitorParts): Promise<readonly Guise[]> {
  const { random } = parts;
  const waiting = await halfSignedIn(app).catch(() => null);
  const pending = PENDING_COOKIE + suffixOf(app);
  const session = `${SESSION_COOKIE}${suffixOf(app)}=${randomToken(random, 32)}`;
  return [
    { visitor: 'nobody', cookie: null },
    { visitor: 'half signed in', cookie: waiting ?? `${pending}=${carryNobodys(parts, { app, source: 'canary' })}` },
    { visitor: 'ended session', cookie: session },
    { visitor: 'forged session', cookie: `${session.slice(0, -4)}AAAA; ${pending}=x` },
  ];
}
