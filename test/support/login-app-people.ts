import { randomBytes } from 'node:crypto';

/** What an app makes of a name before it looks it up. */
export type Fold = 'lower' | 'trim' | 'nfkc' | 'accents' | 'mail' | 'domain' | 'nul' | 'dot';

/** The passwords of the app itself; Sallyport never learns them. */
export const APP_PASSWORDS: Readonly<Record<string, string>> = {
  alice: 'Passw0rd!a',
  bob: 'Passw0rd!b',
  mallory: 'Passw0rd!m',
  newbie: 'Passw0rd!n',
  carol: 'Passw0rd!c',
  // Somebody else than alice, where the app does not fold names.
  ALICE: 'Passw0rd!A',
};

const FOLDS: Readonly<Record<Fold, (name: string) => string>> = {
  lower: (name) => name.toLowerCase(),
  trim: (name) => name.trim(),
  nfkc: (name) => name.normalize('NFKC').replace(/[\u00ad\u200b-\u200f\u202a-\u202e\u2060]/g, ''),
  // As the collations of MySQL compare.
  accents: (name) => name.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('\u0131', 'i'),
  mail: (name) => name.replace(/@corp(?:\.test)?$/i, ''),
  domain: (name) => name.replace(/^corp[\\/]/i, ''),
  nul: (name) => name.split('\0')[0] ?? '',
  dot: (name) => name.replace(/\.+$/, ''),
};

export interface AppSession {
  readonly id: string;
  account: string | null;
  /** As it was typed. */
  typed: string;
  /** Of a login in two steps: who was named in the first. */
  named: string | null;
  readonly csrf: string;
  /** The browser has not been told of it before this request. */
  fresh: boolean;
}

/** Accounts, sessions and tokens of the app. */
export class People {
  folds: readonly Fold[] = [];
  /** Everybody gets this session id; null: each a random one. */
  fixedId: string | null = null;
  readonly sessions = new Map<string, AppSession>();
  /** Remember-me cookies, bearer tokens, tokens of links: value → account. */
  readonly tokens = new Map<string, string>();
  readonly sockets = new Map<number, string>();

  /** The account that a typed name means here, or undefined. */
  account(typed: string): string | undefined {
    const name = this.folds.reduce((text, fold) => FOLDS[fold](text), typed);
    return Object.hasOwn(APP_PASSWORDS, name) ? name : undefined;
  }

  /** The account of a name and its password, or undefined. */
  check(typed: string, password: string): string | undefined {
    const account = this.account(typed);
    return account !== undefined && APP_PASSWORDS[account] === password ? account : undefined;
  }

  /** A session; an id that somebody brings along is adopted, as a careless app does. */
  open(id = this.fixedId ?? randomBytes(9).toString('hex')): AppSession {
    const session = { id, account: null, typed: '', named: null, csrf: randomBytes(6).toString('hex'), fresh: true };
    this.sessions.set(id, session);
    return session;
  }

  /** The same session under another id. */
  rotate(session: AppSession): AppSession {
    this.sessions.delete(session.id);
    const next = { ...session, id: randomBytes(9).toString('hex') };
    this.sessions.set(next.id, next);
    return next;
  }

  token(account: string): string {
    const value = randomBytes(12).toString('hex');
    this.tokens.set(value, account);
    return value;
  }

  /** As after a restart: nobody is signed in any more. */
  forget(): void {
    this.sessions.clear();
    this.tokens.clear();
    this.sockets.clear();
  }
}
