import type { AppConfig } from '../../config/types.ts';
import { type Random, randomToken } from '../../lib/random.ts';
import { REQUEST_ID } from '../../proxy/headers.ts';
import { answersIn, type RawAnswer } from './answers.ts';
import { send } from './ask.ts';

const WAIT_MS = 4000;

/** What servers refuse with a page of their own; `id`: of a request that we send. */
const ASKED: readonly { readonly method: string; readonly fields: readonly string[] }[] = [
  { method: 'GET', fields: [] },
  { method: 'TRACE', fields: [] },
  { method: 'GET', fields: ['Transfer-Encoding: xchunked'] },
  { method: 'GET', fields: ['Content-Length: x'] },
];

export interface AskParts {
  readonly random: Random;
  readonly ids: { next(): string };
  /** Hears of each request that is sent to an app by us, so that it is in our log as it will be in the app's. */
  readonly sent?: (request: SentToApp) => void;
}

export interface SentToApp {
  readonly app: string;
  readonly method: string;
  readonly path: string;
  readonly id: string;
}

/**
 * What an app answers to what it does not know or does not take, asked where it is, at a path that nobody knows, with ids of ours: in
 * these words its refusals come, whoever hands them on. null: it could not be asked.
 */
export async function askApp(app: AppConfig, { random, ids, sent }: AskParts): Promise<readonly RawAnswer[] | null> {
  const path = `/sallyport-canary/${randomToken(random, 12)}`;
  const answers: RawAnswer[] = [];
  for (const { method, fields } of ASKED) {
    const id = ids.next();
    const host = `Host: ${new URL(app.origin).host}`;
    const lines = [`${method} ${path} HTTP/1.1`, host, `${REQUEST_ID}: ${id}`, ...fields, 'Connection: close', '', ''];
    const back = await send(app.upstream.origin, lines.join('\r\n'), WAIT_MS).catch(() => null);
    if (back === null) return null;
    sent?.({ app: app.id, method, path, id });
    answers.push(...answersIn(back.text, false));
  }
  return answers.length === 0 ? null : answers;
}
