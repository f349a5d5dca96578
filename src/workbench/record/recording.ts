import type { WholeAnswer } from '../../presets/types.ts';
import { HeaderFields } from '../../request/fields.ts';
import { formsIn } from '../direct/forms.ts';
import { type SentField, type SentType, sentFields } from './fields.ts';
import { OTHER, Redactor, RIGHT, withoutValue } from './redact.ts';
import { type SentToken, Tokens } from './tokens.ts';
import { ASSET, LOGOUT } from './words.ts';

/** One request of the operator's browser with its answer, without passwords and without usable cookies. */
export interface Exchange {
  readonly method: string;
  readonly target: string;
  /** Target of the page that it was sent from, or null. */
  readonly page: string | null;
  readonly type: SentType;
  readonly fields: readonly SentField[];
  /** Sent by a script of the page, and not by a form or link. */
  readonly script: boolean;
  /** Names of the cookies that were sent. */
  readonly cookies: readonly string[];
  readonly answer: WholeAnswer;
}

/** One request of the operator's browser with its answer, as they passed the recorder. */
export interface RecordedExchange {
  readonly method: string;
  readonly target: string;
  readonly page: string | null;
  readonly contentType: string;
  readonly authorization: string | undefined;
  /** Names and values of its head in turn. */
  readonly lines: readonly string[];
  readonly script: boolean;
  readonly cookies: readonly string[];
  readonly body: Buffer;
  readonly answer: WholeAnswer;
}

/** One sign-in with the right password and one with a wrong one, sent alike. */
export interface Attempts {
  readonly right: Exchange;
  readonly wrong: Exchange;
}

const MAX_KEPT = 256 * 1024;
const MAX_EXCHANGES = 2000;
/** Bytes of all that is kept; of what comes later there is the head alone. */
const MAX_ALL = 96 * 1024 * 1024;
const MAX_OUTSIDE = 20;
const PASSWORD_NAME = /pass|pwd|secret|credential/i;

/** A target without path parameters, which hold session ids (`;jsessionid=…`) and which Sallyport never passes. */
function withoutParameters(target: string): string {
  const [path = '/', ...query] = target.split('?');
  return [path.replace(/;[^/]*/g, ''), ...query].join('?');
}

/** What the operator did, in memory only. */
export class Recording {
  readonly account: string;
  readonly exchanges: Exchange[] = [];
  /** The same sign-in as a script of the page sends it where what was recorded is a form; undefined: a browser sends that form. */
  byScript: Attempts | undefined = undefined;
  readonly #password: string;
  readonly #redactor: Redactor;
  /** Fields that pages ask passwords in. */
  readonly #secretNames = new Set<string>();
  readonly #tokens = new Tokens();
  readonly #outside = new Set<string>();
  #size = 0;

  constructor(account: string, password: string) {
    this.account = account;
    this.#password = password;
    this.#redactor = new Redactor(account, password);
  }

  add(recorded: RecordedExchange): void {
    if (this.exchanges.length >= MAX_EXCHANGES) return;
    this.#size += Math.min(recorded.answer.body.length, MAX_KEPT);
    const { type, fields } = sentFields(recorded.contentType, recorded.authorization, recorded.body);
    const marked = fields.map((field) => this.#marked(type, field));
    const full = this.#size > MAX_ALL;
    const answer = this.#cleaned(full ? { ...recorded.answer, body: Buffer.alloc(0) } : recorded.answer);
    for (const { name, type: kind } of formsIn(answer.body.toString('utf8')).forms.flatMap((form) => form.fields))
      if (kind === 'password') this.#secretNames.add(name);
    if (marked.some(({ value }) => value === RIGHT)) this.#tokens.given(recorded.answer);
    else this.#tokens.sent(recorded.lines);
    const { method, page, cookies, script } = recorded;
    const at = (place: string) => withoutParameters(this.#redactor.clean(place));
    const target = at(recorded.target);
    this.exchanges.push({
      method,
      target,
      page: page === null ? null : at(page),
      type,
      fields: marked,
      script,
      cookies,
      answer,
    });
  }

  #marked(type: SentType, { name, value }: SentField): SentField {
    if (value === this.#password) {
      this.#secretNames.add(name);
      return { name, value: RIGHT };
    }
    const secret = this.#secretNames.has(name) || PASSWORD_NAME.test(name) || (type === 'basic' && name === 'password');
    if (!secret || value === '') return { name, value: this.#redactor.clean(value) };
    this.#redactor.learn(value, OTHER);
    return { name, value: OTHER };
  }

  #cleaned({ status, reason, headers, body }: WholeAnswer): WholeAnswer {
    const text = body.subarray(0, MAX_KEPT).toString('utf8');
    const kept: string[] = [];
    headers.each((name, value, lower) => {
      const cleaned = lower === 'set-cookie' ? withoutValue(value) : this.#redactor.clean(value);
      kept.push(this.#redactor.clean(name), cleaned);
    });
    return { status, reason, headers: HeaderFields.of(kept), body: Buffer.from(this.#redactor.clean(text)) };
  }

  /** What of the answer to the sign-in its scripts send with later requests; undefined: nothing was seen. */
  get token(): SentToken | undefined {
    return this.#tokens.found;
  }

  /** The page asked for something at another origin, and was not given it. */
  leave(place: string): void {
    if (this.#outside.size < MAX_OUTSIDE) this.#outside.add(this.#redactor.clean(place));
  }

  /** Places that pages of the app named and asked for, and that are not the app's; a browser asks for some by itself. */
  get outside(): readonly string[] {
    const named = (place: string): boolean => {
      const host = place.replace(/^\w+:\/\//, '').replace(/:\d+$/, '');
      return host !== '' && this.exchanges.some(({ answer }) => answer.body.includes(host));
    };
    return [...this.#outside].filter(named);
  }

  /** The request that carried the right password. */
  get right(): Exchange | undefined {
    return this.exchanges.find(({ fields }) => fields.some(({ value }) => value === RIGHT));
  }

  /** The same request with another password. */
  get wrong(): Exchange | undefined {
    const { right } = this;
    if (right === undefined) return undefined;
    const path = (target: string) => target.split('?', 1)[0];
    // Other fields may be called like one for a password, and hold something else in either.
    const secret = right.fields.filter(({ value }) => value === RIGHT).map(({ name }) => name);
    return this.exchanges.find(
      (each) =>
        each.method === right.method &&
        path(each.target) === path(right.target) &&
        each.fields.some(({ name, value }) => value === OTHER && secret.includes(name)),
    );
  }

  /** What followed the right password. */
  get afterRight(): readonly Exchange[] {
    const { right } = this;
    return right === undefined ? [] : this.exchanges.slice(this.exchanges.indexOf(right) + 1);
  }

  get logout(): Exchange | undefined {
    // The picture of a button is called like what the button does.
    return this.afterRight.find(
      ({ target, method }) => LOGOUT.test(target) && method !== 'HEAD' && !ASSET.test(target),
    );
  }
}
