import { CONSOLE } from '../config/console.ts';
import type { HeaderFields } from '../request/fields.ts';
import { languagesOf, wantsHtml } from '../request/head.ts';
import type { Session } from '../sessions/session.ts';
import type { Frame } from './pages/frame.ts';
import { readPrefs } from './prefs.ts';
import type { ParsedRequest } from './requests.ts';
import type { Site } from './site.ts';
import type { Words } from './words/shape.ts';
import { chooseLanguage, wordsFor } from './words/words.ts';

export interface FrameChoices {
  readonly headers: HeaderFields;
  /** Value of the preferences cookie. */
  readonly prefs: string | null;
  /** Host of the portal, for people; null where no app is known. */
  readonly host: string | null;
  readonly passkeys: boolean;
  readonly here: string | null;
  /** Who is signed in. */
  readonly account?: string | undefined;
}

/** The frame of the pages for one request: the person's language, the operator's looks. */
export function frameFor({ config, brand }: Site, chosen: FrameChoices): Frame {
  const { language } = readPrefs(chosen.prefs);
  const fallback = config.pages.language;
  return {
    words: wordsFor(chooseLanguage(languagesOf(chosen.headers), language, fallback), fallback),
    site: chosen.host,
    help: config.help,
    brand,
    timeZone: config.pages.timeZone,
    passkeys: chosen.passkeys,
    here: chosen.here,
    account: chosen.account ?? null,
  };
}

/** The language switch of a page of ours leads back to the page itself, where it can be asked for. */
function hereOf(parsed: ParsedRequest): string | null {
  if (!parsed.target.reserved && parsed.app.id !== CONSOLE) return null;
  if (parsed.method === 'GET' || parsed.method === 'HEAD') return parsed.target.raw;
  if (parsed.target.path.startsWith('/.sallyport/enrol')) return '/.sallyport/enrol';
  if (parsed.target.path.startsWith('/.sallyport/account')) return '/.sallyport/account';
  return parsed.target.path;
}

/** A request as far as it is known. */
export interface Framed {
  readonly headers: HeaderFields;
  readonly site: Site;
  /** Undefined for one that could not be read. */
  readonly read: ParsedRequest | undefined;
  readonly session: Session | undefined;
}

/** The frame for a request that was read, or for one that could not be. */
export function frameOf({ headers, site, read, session }: Framed): Frame {
  if (read === undefined) return frameFor(site, { headers, prefs: null, host: null, passkeys: false, here: null });
  const frame = frameFor(site, {
    headers,
    prefs: read.cookies.prefs,
    host: read.host,
    passkeys: read.app.relyingParty?.origins.includes(read.origin) === true,
    here: hereOf(read),
    // A session of another app is none here.
    account: session?.appId === read.app.id ? session.accountName : undefined,
  });
  return read.app.id === CONSOLE ? { ...frame, words: consoleWords(frame.words) } : frame;
}

/** What is behind the sign-in pages is the console here, and not the portal. */
function consoleWords(words: Words): Words {
  const { common, account, codes, signedIn, passkey, consoleShell: said } = words;
  return {
    ...words,
    common: { ...common, toPortal: said.to },
    account: { ...account, back: said.back },
    codes: { ...codes, goApp: said.to },
    signedIn: { ...signedIn, lead: said.opens },
    passkey: { ...passkey, leadOnly: said.leadOnly },
  };
}

/** The same where the answer is to be a page; null where it is for a program. */
export function frameIfHtml(framed: Framed): Frame | null {
  return wantsHtml(framed.headers) ? frameOf(framed) : null;
}
