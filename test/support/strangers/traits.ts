/** How an app that nobody has met signs people in. */
export interface Traits {
  readonly seed: number;
  /** `form`: HTML. `fetch-json`, `fetch-form`: a script builds the page and sends what was typed. */
  readonly kind: 'form' | 'fetch-json' | 'fetch-form';
  /** 2: the name first, the password on the next page; by scripts in the next view. */
  readonly steps: 1 | 2;
  /** No name anywhere: one account. */
  readonly nameless: boolean;
  readonly account: string;
  readonly secret: string;
  /** Where the sign-in page stands, where what it sends goes, and where signed-in people begin. */
  readonly page: string;
  readonly action: string;
  readonly home: string;
  /** `*` in the name of a hidden field or cookie stands for nothing; null: no token against forged requests. */
  readonly token: string | null;
  readonly cookie: string;
  /** A new session id at the sign-in, or the one from before it. */
  readonly rotates: boolean;
  /** Whoever is not signed in gets a new session with every answer. */
  readonly renews: boolean;
  readonly wrong: 'page' | '401' | 'redirect';
  readonly right: 'redirect' | 'page';
  /** Where the name of whoever is signed in stands. */
  readonly told: 'header' | 'profile' | 'json' | 'boot' | 'meta';
  /** How those are answered who are not signed in. */
  readonly stranger: 'redirect' | 'page' | '401';
  readonly out: 'link' | 'form' | 'delete';
  readonly folds: boolean;
  /** What else stands on pages: a search form, a sign-up form, names of other people. */
  readonly clutter: readonly ('search' | 'sign-up' | 'people' | 'greeting')[];
  /** A list of languages, a box to stay signed in, a field with a fixed action. */
  readonly more: readonly ('language' | 'remember' | 'action')[];
}

/** Numbers from 0 to 1 that a seed decides (mulberry32). */
function numbersOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const ACCOUNTS = ['username', 'user', 'login', 'uid', 'f_login', 'account_name', 'id', 'benutzer', 'email'];
const SECRETS = ['password', 'passwd', 'pw', 'f_secret', 'kennwort', 'pass'];
const PAGES = ['/login', '/auth/enter', '/sessions/new', '/door.cgi', '/account/sign-in', '/anmeldung', '/'];
const ACTIONS = ['', '/session', '/do_login', '/auth/check', '/index.cgi'];
const HOMES = ['/home', '/desk', '/app/', '/overview'];
const COOKIES = ['sid', 'SESSID', '_app_session', 'harbour.sess', 'JSESSIONID', 'ticket_9f3c2a7712de4b01'];
const TOKENS = ['_token', 'csrfmiddlewaretoken', 'authenticity_token', 'nonce', '__rv'];

/** Traits of a seed. Every value of every trait comes up among a few dozen. */
export function traitsOf(seed: number): Traits {
  const next = numbersOf(seed);
  for (let i = 0; i < 4; i += 1) next();
  const one = <T>(...choices: readonly T[]): T => choices[Math.floor(next() * choices.length)] as T; // there is always one
  const some = <T>(chance: number, ...choices: readonly T[]): T[] => choices.filter(() => next() < chance);
  const kind = one('form', 'form', 'fetch-json', 'fetch-form');
  const page = one(...PAGES);
  const nameless = next() < 0.07;
  const token = next() < 0.6 ? one(...TOKENS) : null;
  const nested = next() < 0.15;
  const renews = next() < 0.1 && token !== null;
  return {
    seed,
    kind,
    steps: !nameless && next() < 0.25 ? 2 : 1,
    nameless,
    account: nested ? 'user[login]' : one(...ACCOUNTS),
    secret: nested ? 'user[password]' : one(...SECRETS),
    page,
    action: one(...ACTIONS) || (page === '/' ? '/session' : page),
    home: one(...HOMES),
    token,
    cookie: one(...COOKIES),
    rotates: renews || next() < 0.5,
    renews,
    wrong: one('page', '401', 'redirect'),
    right: one('redirect', 'redirect', 'page'),
    told: one('header', 'profile', 'json', 'boot', 'meta'),
    stranger: one('redirect', 'page', '401'),
    out: one('link', 'form', 'delete'),
    folds: next() < 0.3,
    clutter: some(0.35, 'search', 'sign-up', 'people', 'greeting'),
    more: some(0.3, 'language', 'remember', 'action'),
  };
}
