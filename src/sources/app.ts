import type { Source } from './types.ts';

/** Passwords of the app behind us: its own login asks for them, bound to the second factor (binding/). */
export const app = {
  name: 'app',
  checkedBy: 'the app alone',
  asksPassword: false,
  keepsPasswords: false,
  floor: 'second factor',
  said: { lead: 'leadApp', leadCodes: 'leadApp', forgot: 'forgotApp' },
  invitedBy: (aliasCommand) => [
    '  Next: open a link, add a passkey or an authenticator app, keep the recovery codes, and sign in at',
    '  the app as before. Accounts here are called as they are at the app; for one that is not:',
    `  ${aliasCommand} --app APP --as NAME-THERE`,
  ],
  // The app asks for the password: possession alone opens the session.
  opens: ({ possession }) => possession,
  begin: () => null,
  enrol: () => 'none',
  // No password that is typed here proves anything: the app is asked by its own login, step by step.
  prove: async () => false,
  // What the app proved, the app is asked about again: its answer ends the jar of the session (binding/prover).
  changed: (_was, is) => is === undefined,
  gone: ({ disabledAt }) => disabledAt !== null,
} as const satisfies Source;
