import type { Listed } from '../operations/types.ts';
import { setAccount } from './account-set.ts';
import { addAccount, disableAccount, enableAccount, makeAdmin, removeAccount } from './accounts.ts';
import { removeAppName, setAppName } from './app-names.ts';
import { removeAuthenticator } from './authenticators.ts';
import { importAccounts } from './import.ts';
import { renewKey, rotateKey } from './keys.ts';
import { giveUpNotice } from './notices.ts';
import { revokeAccountSessions, revokeAllSessions, revokeAppSessions, revokeSession } from './sessions.ts';
import { issueTicket, revokeTickets } from './tickets.ts';

/** Every operation of this room. */
export const ADMINISTRATION = [
  addAccount,
  importAccounts,
  setAccount,
  disableAccount,
  enableAccount,
  makeAdmin,
  removeAccount,
  setAppName,
  removeAppName,
  removeAuthenticator,
  issueTicket,
  revokeTickets,
  revokeSession,
  revokeAccountSessions,
  revokeAppSessions,
  revokeAllSessions,
  rotateKey,
  renewKey,
  giveUpNotice,
] as const satisfies readonly Listed[];
