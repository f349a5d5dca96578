import { ClockSkew, PasskeyKnown, TooManyAuthenticators } from '../../../src/enrol/refusals.ts';
import type { EnrolState, OwnAccount } from '../../../src/enrol/types.ts';
import { type ErrorCode, SallyportError } from '../../../src/errors.ts';
import { sha256 } from '../../../src/lib/bytes.ts';
import type { Html } from '../../../src/lib/html.ts';
import { LockedDown } from '../../../src/login/lock-down.ts';
import { Session } from '../../../src/sessions/session.ts';
import { SALLYPORT_BRAND } from '../../../src/web/brand.ts';
import { accountPage } from '../../../src/web/pages/account.ts';
import * as enrol from '../../../src/web/pages/enrol.ts';
import { errorPage } from '../../../src/web/pages/error.ts';
import type { Frame } from '../../../src/web/pages/frame.ts';
import { onwardPage } from '../../../src/web/pages/onward.ts';
import { ownPasswordPage } from '../../../src/web/pages/own-password.ts';
import { recoveredPage } from '../../../src/web/pages/recovered.ts';
import * as signIn from '../../../src/web/pages/sign-in.ts';
import { signedInPage } from '../../../src/web/pages/signed-in.ts';
import { unsentPage } from '../../../src/web/pages/unsent.ts';
import { wordsOf } from '../../../src/web/words/words.ts';
import { accountRow, sessionRow } from '../../support/rows.ts';

const WAYS = ['passkey', 'totp', 'recovery'] as const;
const ELSEWHERE = { href: 'https://portal.example.org/a', address: 'https://portal.example.org', same: true };

export const NAME = 'ada.lovelace@example.org';
export const CODES = Array.from({ length: 10 }, (_, i) => `7K2M-9QXC-4TZW-B0R${i}`);
const NOW = Date.UTC(2026, 10, 24, 9, 30);
const MINUTE = 60_000;
const DAY = 86_400_000;
const LOCK_DOWN = {
  reason: 'Passwords of this portal were found on a list. We are looking into it; nobody’s data is known to be lost.',
  begunAt: NOW,
  begunBy: 'cli:ops',
  until: NOW + 2 * 60 * MINUTE,
};

export function frame(language = 'en', more: Partial<Frame> = {}): Frame {
  return {
    words: wordsOf(language),
    site: 'portal.example.org',
    help: { text: 'The service desk is open from 8 to 18 o’clock.', contact: 'desk@example.org' },
    brand: SALLYPORT_BRAND,
    timeZone: 'Europe/London',
    passkeys: true,
    here: '/.sallyport/sign-in',
    account: null,
    ...more,
  };
}

export function error(code: ErrorCode, retryAfter?: number): SallyportError {
  return new SallyportError(code, 'private detail', retryAfter === undefined ? {} : { retryAfter });
}

export function state(more: Partial<EnrolState> = {}): EnrolState {
  return {
    accountName: NAME,
    organisationId: 'realm.staff',
    password: 'done',
    totp: null,
    confirmed: false,
    added: [],
    adding: false,
    ...more,
  };
}

export const TOTP = {
  secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
  uri: `otpauth://totp/portal:${encodeURIComponent(NAME)}?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=portal`,
};

function session(): Session {
  const proofs = [
    { kind: 'password', at: NOW },
    { kind: 'totp', at: NOW, authenticatorId: 'a' },
  ] as const;
  const row = sessionRow({
    id: 's1',
    hash: sha256('secret'),
    proofs,
    createdAt: NOW - 50 * MINUTE,
    lastSeenAt: NOW - MINUTE,
    expiresAt: NOW + DAY / 3,
    idleMs: 30 * MINUTE,
  });
  const made = Session.fromRow({ ...row, account: { ...accountRow({ name: NAME }), policy: '{}' } }, 'local');
  if (made === undefined) throw new Error('no session');
  return made;
}

const LINUX = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/153.0 Safari/537.36';
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1';

export const OWN: OwnAccount = {
  recoveryLeft: 2,
  authenticators: [
    {
      id: 'a1',
      kind: 'passkey',
      label: 'Work laptop',
      createdAt: NOW - 90 * DAY,
      lastUsedAt: NOW - 15 * MINUTE,
      synced: true,
      disabled: false,
    },
    {
      id: 'a2',
      kind: 'passkey',
      label: 'Blue security key',
      createdAt: NOW - 80 * DAY,
      lastUsedAt: null,
      synced: false,
      disabled: false,
    },
    {
      id: 'a3',
      kind: 'totp',
      label: '<b>Old phone</b>',
      createdAt: NOW - 95 * DAY,
      lastUsedAt: NOW - 60 * DAY,
      synced: null,
      disabled: true,
    },
  ],
  sessions: [
    {
      id: 's1',
      appId: 'portal',
      createdAt: NOW - 50 * MINUTE,
      lastSeenAt: NOW - MINUTE,
      source: '127.0.0.1',
      userAgent: LINUX,
      current: true,
    },
    {
      id: 's2',
      appId: 'portal',
      createdAt: NOW - DAY / 3,
      lastSeenAt: NOW - DAY / 4,
      source: '198.51.100.23',
      userAgent: IPHONE,
      current: false,
    },
  ],
  activity: [
    { at: NOW - MINUTE, kind: 'sign-in.second', outcome: 'ok', source: '127.0.0.1', by: 'owner', label: null },
    {
      at: NOW - 9 * MINUTE,
      kind: 'sign-in.second',
      outcome: 'failed',
      source: '2001:db8::7',
      by: 'system',
      label: null,
    },
    {
      at: NOW - DAY,
      kind: 'enrol.authenticator',
      outcome: 'ok',
      source: '10.1.2.3',
      by: 'owner',
      label: 'Work laptop',
    },
    { at: NOW - 2 * DAY, kind: 'ticket.issue', outcome: 'ok', source: null, by: 'administrator', label: null },
  ],
};

export function accountView(own: Partial<OwnAccount> = {}) {
  return { session: session(), own: { ...OWN, ...own }, password: true, now: NOW };
}

type View = (frame: Frame) => Html;

const signIns: Readonly<Record<string, View>> = {
  'sign-in': (f) => signIn.signInPage(f, { next: '/', source: 'local' }),
  'sign-in-wrong': (f) =>
    signIn.signInPage(f, { next: '/', source: 'local', account: NAME, error: error('wrong-credentials') }),
  'sign-in-codes-only': (f) => signIn.signInPage({ ...f, passkeys: false }, { next: '/', source: 'app' }),
  'sign-in-refused': (f) => signIn.signInPage(f, { next: '/', source: 'app', error: error('passkey-refused') }),
  code: (f) => signIn.codePage(f, { next: '/a', stepUp: false, offers: WAYS }),
  'code-wrong': (f) =>
    signIn.codePage(f, { next: '/a', stepUp: true, offers: WAYS, error: error('wrong-credentials') }),
  'code-wait': (f) =>
    signIn.codePage(f, { next: '/a', stepUp: false, offers: WAYS, error: error('too-many-attempts', 30) }),
  recovery: (f) => signIn.recoveryPage(f, { next: '/a', stepUp: false, offers: WAYS }),
  'recovery-wrong': (f) =>
    signIn.recoveryPage(f, { next: '/a', stepUp: true, offers: WAYS, error: error('wrong-credentials') }),
  passkey: (f) => signIn.passkeyPage(f, { next: '/a', stepUp: false, offers: WAYS, only: false }),
  'passkey-only': (f) => signIn.passkeyPage(f, { next: '/a', stepUp: true, offers: WAYS, only: true }),
  'passkey-add': (f) => signIn.passkeyPage(f, { next: '/a', stepUp: true, offers: ['totp', 'recovery'], only: true }),
  'passkey-elsewhere': (f) =>
    signIn.passkeyPage(
      { ...f, passkeys: false },
      { next: '/a', stepUp: true, offers: WAYS, only: true, elsewhere: ELSEWHERE },
    ),
  'recovery-elsewhere': (f) =>
    signIn.recoveryPage(f, {
      next: '/a',
      stepUp: false,
      offers: ['recovery'],
      elsewhere: { ...ELSEWHERE, same: false },
    }),
  'passkey-refused': (f) =>
    signIn.passkeyPage(f, { next: '/a', stepUp: true, offers: WAYS, only: false, error: error('passkey-refused') }),
  'signed-in': (f) => signedInPage(f, { next: '/' }),
  'signed-out': (f) => signIn.signedOutPage(f, { ended: null, again: '/.sallyport/sign-in' }),
  'signed-out-ended': (f) => signIn.signedOutPage(f, { ended: 'administrator', again: '/login' }),
  'sign-in-closed': (f) => signIn.signInPage(f, { next: '/', source: 'local', lockDown: LOCK_DOWN }),
  'sign-in-closed-refused': (f) =>
    signIn.signInPage(f, {
      next: '/',
      source: 'local',
      lockDown: { ...LOCK_DOWN, until: null },
      account: NAME,
      error: new LockedDown(LOCK_DOWN, NOW),
    }),
  'code-closed': (f) =>
    signIn.codePage(f, {
      next: '/a',
      stepUp: false,
      offers: WAYS,
      lockDown: LOCK_DOWN,
      error: new LockedDown(LOCK_DOWN, NOW),
    }),
  'recovery-closed': (f) => signIn.recoveryPage(f, { next: '/a', stepUp: false, offers: WAYS, lockDown: LOCK_DOWN }),
  'passkey-closed': (f) =>
    signIn.passkeyPage(f, { next: '/a', stepUp: false, offers: WAYS, only: false, lockDown: LOCK_DOWN }),
  'error-closed': (f) => errorPage(f, new LockedDown(LOCK_DOWN, NOW)),
  'sign-in-ended': (f) => signIn.signInPage(f, { next: '/', source: 'local', ended: 'administrator' }),
  recovered: (f) => recoveredPage(f, { left: 7, next: '/a' }),
  'recovered-last': (f) => recoveredPage(f, { left: 0, next: '/a' }),
  onward: (f) =>
    onwardPage(f, {
      target: '/acs?a=b&c',
      fields: [
        ['SAMLResponse', '<"'],
        ['submit', ''],
      ],
    }),
  'unsent-first': (f) => unsentPage(f, { again: 'first', href: '/.sallyport/sign-in', next: '/' }),
  unsent: (f) => unsentPage(f, { again: 'sign-in', href: '/.sallyport/sign-in', next: '/a' }),
};

function step(more: Partial<EnrolState>, problem?: SallyportError): View {
  return (f) => enrol.enrolPage(f, { state: state(more), choose: false, error: problem });
}

const enrolments: Readonly<Record<string, View>> = {
  invitation: (f) => enrol.invitationPage(f, { accountName: NAME, ticket: 'ticket' }),
  closed: (f) => enrol.closedPage(f, { error: error('ticket-invalid') }),
  'new-password': step({ password: 'set' }),
  'new-password-advice': (f) =>
    enrol.enrolPage(f, { state: state({ password: 'set' }), choose: false, advice: { score: 1 } }),
  'old-password-wrong': step({ password: 'verify' }, error('wrong-credentials')),
  choose: step({}),
  'choose-adding': step({ adding: true }, new PasskeyKnown()),
  'app-only': (f) => step({}, new TooManyAuthenticators('totp'))({ ...f, passkeys: false }),
  scan: step({ totp: TOTP }),
  'scan-skew': step({ totp: TOTP }, new ClockSkew(-9)),
  'scan-wait': step({ totp: TOTP }, error('too-many-attempts', 5)),
  connected: step({ confirmed: true, added: ['totp'] }),
  'connected-passkey': step({ confirmed: true, added: ['passkey'] }),
  'connected-two': step({ confirmed: true, added: ['totp', 'passkey'] }),
  added: step({ confirmed: true, added: ['passkey'], adding: true }),
  codes: (f) =>
    enrol.codesPage(
      { ...f, here: null },
      { codes: CODES, go: 'app', href: '/', account: NAME, origin: 'https://portal.example.org', madeAt: NOW },
    ),
};

const others: Readonly<Record<string, View>> = {
  'own-password': (f) => ownPasswordPage(f, { account: NAME }),
  'own-password-wrong': (f) => ownPasswordPage(f, { account: NAME, error: error('wrong-credentials') }),
  'own-password-wait': (f) => ownPasswordPage(f, { account: NAME, error: error('too-many-attempts', 30) }),
  'own-password-weak': (f) => ownPasswordPage(f, { account: NAME, weak: true }),
  account: (f) => accountPage(f, accountView()),
  'account-one': (f) =>
    accountPage(
      f,
      accountView({
        recoveryLeft: 9,
        authenticators: OWN.authenticators.slice(0, 1),
        sessions: OWN.sessions.slice(0, 1),
        activity: [],
      }),
    ),
  'error-wait': (f) => errorPage(f, error('too-many-attempts', 90)),
  'error-forbidden': (f) => errorPage({ ...f, account: NAME }, error('forbidden')),
  'error-wrong-account': (f) => errorPage({ ...f, account: NAME }, error('wrong-account')),
  'error-wrong-network': (f) => errorPage({ ...f, account: NAME }, error('wrong-network')),
  'error-misplaced': (f) => errorPage(f, error('credentials-misplaced')),
  'error-not-enrolled': (f) => errorPage(f, error('not-enrolled')),
  'error-upstream': (f) => errorPage({ ...f, here: null }, error('upstream-unreachable')),
};

/** Every page in every state that looks different. */
export const VIEWS: Readonly<Record<string, View>> = { ...signIns, ...enrolments, ...others };
