import { SallyportError } from '../errors.ts';
import type { Source } from './types.ts';

/** Passwords of our own: asked for by our pages, compared with a hash in the store. */
export const local = {
  name: 'local',
  checkedBy: 'Sallyport',
  asksPassword: true,
  keepsPasswords: true,
  floor: 'password + second factor',
  said: { lead: 'leadLocal', leadCodes: 'leadLocalCodes', forgot: 'forgotLocal' },
  invitedBy: () => [
    '  Next: open a link, choose a password, then a passkey or an authenticator app, keep the',
    '  recovery codes, and you are in the portal.',
  ],
  // Two factors of different kind, or one passkey whose person was verified.
  opens: ({ mfa }) => mfa,
  begin: (typed) => {
    if (typed === undefined) throw new SallyportError('bad-body', 'no password');
    return typed;
  },
  enrol: ({ passwordHash }, reset) => (passwordHash === null || reset ? 'set' : 'verify'),
  prove: (account, typed, compare) => compare(account?.passwordHash ?? null, typed),
  changed: (was, is) => (is?.passwordHash ?? null) !== was.passwordHash,
  gone: ({ disabledAt }) => disabledAt !== null,
} as const satisfies Source;
