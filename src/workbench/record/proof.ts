import { setTimeout as sleep } from 'node:timers/promises';
import type { Deadline } from '../direct/deadline.ts';
import type { Line } from '../direct/line.ts';
import { publicOrigin, type TestOptions, tryLogin } from '../preset/test.ts';
import { compileDraft, type Draft } from './draft.ts';
import { propose, type Wish } from './propose.ts';
import type { Outcome } from './unattended.ts';

/** A proposal, and what came of trying it on the app. */
export interface Proven {
  readonly draft: Draft;
  readonly lines: readonly Line[];
}

const HELD_OFF_MS = 65_000;

/** Whether the right password was refused that had been taken before. */
const heldOff = (lines: readonly Line[]): boolean =>
  lines.some(({ what, verdict }) => verdict === 'fail' && what.startsWith('right password'));

/** Whether the app said that it takes no more for now (RFC 6585 §4). */
const tooMany = (lines: readonly Line[]): boolean =>
  lines.some(({ found, verdict }) => verdict === 'fail' && /^\w+, 429\b/.test(found));

/** Whether the app took part in judging who is signed in, or has one account and no names. */
function isBound(draft: Draft): boolean {
  return draft.whoami !== undefined || 'one' in draft.account;
}

/** Proposes a preset from a recording and tries it on the app, as the proxy sends. Rejects with CommandRefused where there is none. */
export async function proven(
  wish: Wish,
  options: TestOptions & { readonly unattended?: true },
  deadline: Deadline,
): Promise<Outcome<Proven>> {
  const { recording, progress, first, second } = wish;
  const draft = await propose(wish);
  progress('Trying what was found, sent as Sallyport sends it …');
  if (recording.wrong === undefined)
    progress('Nobody signed in with a wrong password: how a failure looks is not in it.');
  // Where there is one account, another name is nobody's.
  const who = { first, second: 'one' in draft.account ? null : second };
  const login = compileDraft(draft, publicOrigin(options));
  let lines = await tryLogin(login, options, who, deadline);
  if (options.unattended === true && heldOff(lines) && (draft.whoami !== undefined || tooMany(lines))) {
    // Many apps hold off for a minute who has typed wrong passwords, as was done here several times.
    progress(
      tooMany(lines)
        ? 'The app takes no more sign-ins for now (429): it is tried once more in a minute …'
        : 'The app may hold off after wrong passwords: it is tried once more in a minute …',
    );
    await sleep(Math.min(HELD_OFF_MS, deadline.left));
    lines = await tryLogin(login, options, who, deadline);
  }
  if (tooMany(lines)) progress('It still takes none: wait, and run preset test on the file.');
  const good = isBound(draft) && !lines.some(({ verdict }) => verdict === 'fail');
  return { value: { draft, lines }, good };
}
