import { createHash } from 'node:crypto';
import { escapeHtml } from '../../lib/html.ts';

/** Stands for the right password wherever it was, and for any other that was typed. */
export const RIGHT = '[right password]';
export const OTHER = '[other password]';

/** Shorter ones would blot out ordinary words; they are still told apart as fields. */
const MIN_LENGTH = 4;

/** Spellings that are looked for in everything; nobody types so many passwords, and each is a walk through every page. */
const MOST_MARKS = 400;

/** The spellings in which a value comes in requests, pages and cookies. */
function spellings(secret: string, account: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const pair = Buffer.from(`${account}:${secret}`).toString('base64');
  const encoded = encodeURIComponent(secret);
  const form = new URLSearchParams([['', secret]]).toString().slice(1);
  return [
    secret,
    json,
    encoded,
    form,
    encoded.toLowerCase(),
    escapeHtml(secret),
    pair,
    Buffer.from(secret).toString('base64'),
  ];
}

/** Takes passwords out of whatever is kept of a recording. Each is known from the moment it is seen. */
export class Redactor {
  readonly #marks = new Map<string, string>();
  readonly #account: string;

  constructor(account: string, password: string) {
    this.#account = account;
    this.learn(password, RIGHT);
  }

  learn(secret: string, mark: string): void {
    if (secret.length < MIN_LENGTH || this.#marks.size > MOST_MARKS) return;
    for (const text of spellings(secret, this.#account)) if (!this.#marks.has(text)) this.#marks.set(text, mark);
  }

  clean(text: string): string {
    let out = text;
    for (const [secret, mark] of this.#marks) out = out.replaceAll(secret, mark);
    return out;
  }
}

const EMPTY_VALUES = /^(?:|-del-|deleted|delete|discard|x|"")$/i;

/** A Set-Cookie with its value made unusable: equal values stay equal, markers of deletion stay what they are. */
export function withoutValue(setCookie: string): string {
  const [pair = '', ...attributes] = setCookie.split(';');
  const mark = pair.indexOf('=');
  const value = pair.slice(mark + 1).trim();
  if (mark < 0 || EMPTY_VALUES.test(value)) return setCookie;
  const kept = createHash('sha256').update(value).digest('hex').slice(0, 12);
  return [`${pair.slice(0, mark)}=${kept}`, ...attributes].join(';');
}
