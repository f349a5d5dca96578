import { randomBytes } from 'node:crypto';
import type { BoundLogin } from '../../config/login-types.ts';
import type { WholeAnswer } from '../../presets/types.ts';
import { emptyJar } from './cookies.ts';
import { judged, type Line, note } from './line.ts';
import type { Trial } from './told.ts';

/** Whether people sign in with every request and by Digest alone, which commands do not speak. */
export function signsInByDigest({ steps, authorization }: BoundLogin): boolean {
  return steps.length === 0 && !authorization.includes('basic');
}

/** The schemes that an answer asks for, as the app writes them. */
function schemesOf({ headers }: WholeAnswer): readonly string[] {
  return headers.all('www-authenticate').map((value) => /^[^ ,]*/.exec(value.trim())?.[0] ?? '');
}

function found(answer: WholeAnswer): string {
  const schemes = schemesOf(answer);
  return `${answer.status}${schemes.length === 0 ? '' : `, asks for ${schemes.join(' and ')}`}`;
}

/** What can be seen of a sign-in by Digest (RFC 7616) without speaking it: who is refused. */
export async function digestLines({ client, login, first }: Trial): Promise<Line[]> {
  const target = login.entry;
  const bare = await client.ask({ target }, emptyJar());
  const asks = bare.status === 401 && schemesOf(bare).some((scheme) => /^digest$/i.test(scheme));
  const wrong = Buffer.from(`${first.account}:${randomBytes(9).toString('base64url')}`).toString('base64');
  const basic = await client.ask({ target, headers: { Authorization: `Basic ${wrong}` } }, emptyJar());
  return [
    judged(asks, 'no password', '401, asks for Digest', found(bare)),
    judged(basic.status >= 400, 'wrong password, by Basic', 'refused', found(basic)),
    note(
      'sign-in by Digest',
      'ok in a browser',
      'Digest cannot be tried from here: sign in with a browser, through Sallyport',
    ),
  ];
}
