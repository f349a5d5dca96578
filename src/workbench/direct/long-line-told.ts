import type { CookieJar } from 'tough-cookie';
import { count } from '../../terminal/output.ts';
import { fine, type Line, note, wrong } from './line.ts';
import { type LongLines, longLines } from './long-lines.ts';
import type { Trial } from './told.ts';

const WHAT = 'a long line of a head';

/** What the app's server makes of long lines, in words. */
export function linesTold(found: LongLines): string {
  switch (found.kind) {
    case 'unseen':
      return `${found.why === 'page' ? 'no page shows' : 'it took too long to see'} what the server has read of a line; where it is one for small machines, look its buffer up (longest_line)`;
    case 'cut': {
      const rest = found.split ? 'takes what is behind them for another header' : 'leaves out what is behind them';
      return `the server reads ${count(found.longest, 'byte')} of a line, and ${rest}`;
    }
    case 'whole': {
      const read = `lines of ${count(found.longest, 'byte')} are read whole`;
      return found.refused === null ? read : `${read}, and those of ${found.refused} are not taken`;
    }
    default:
      throw new TypeError(`no such lines: ${found satisfies never}`);
  }
}

/** Whether no longer lines are sent than the app's server reads as one. `jar`: of the first account, signed in. */
export async function longLineLines(trial: Trial, jar: CookieJar): Promise<Line[]> {
  const { client, login, first } = trial;
  if (login.steps.length === 0) return [];
  const { upstream } = client.behind(login).app;
  const said = [login.longestLine, upstream.longestLine].filter((each) => each !== null);
  const limit = said.length === 0 ? null : Math.min(...said);
  const found = await longLines(trial, first.account, jar);
  const told = linesTold(found);
  const ours = limit === null ? '' : `; we refuse those of more than ${limit}`;
  if (found.kind === 'unseen') return [note(WHAT, 'read whole, or refused', `${told}${ours}`)];
  if (found.kind === 'whole' || (limit !== null && limit <= found.longest))
    return [fine(WHAT, 'read whole, or refused', `${told}${ours}`)];
  return [wrong(WHAT, 'read whole, or refused', `${told}${ours}: set longest_line: ${found.longest}`)];
}
