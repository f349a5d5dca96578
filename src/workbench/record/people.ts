import type { CookieJar } from 'tough-cookie';

/** Somebody at the app, by the name and the cookies that they have there. */
export interface People {
  readonly account: string;
  readonly jar: CookieJar;
}
