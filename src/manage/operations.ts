import { TWO_PERSON } from '../config/two-person.ts';
import type { Listed } from '../operations/types.ts';
import { findAccounts } from './account-find.ts';
import { showAccountPage } from './account-page.ts';
import { setAccount } from './account-set.ts';
import { addAccount, disableAccount, enableAccount, listAccounts, removeAccount, showAccount } from './accounts.ts';
import type { Faced } from './administration.ts';
import { fallOfCoverage } from './alert/fall.ts';
import { appNamesOf, removeAppName, setAppName } from './app-names.ts';
import { listApps } from './apps.ts';
import { listAuthenticators, removeAuthenticator } from './authenticators.ts';
import { showCheckpoint } from './checkpoint.ts';
import { showCoverage } from './coverage.ts';
import { addDirectoryAccount, directoryAccounts, setDirectoryAccount } from './directory.ts';
import {
  addDirectoryGroup,
  directoryGroups,
  directoryMembers,
  removeDirectoryGroup,
  setDirectoryGroup,
} from './directory-groups.ts';
import { eraseRecord } from './erase.ts';
import { planEvidence, recordEvidence } from './evidence.ts';
import { explainRequest } from './explain.ts';
import { importAccounts, previewImport } from './import.ts';
import { listInvitations } from './invitations-list.ts';
import { renewKey, rotateKey } from './keys.ts';
import { beginLockDown, endLockDown, showLockDown } from './lock-down.ts';
import { makeLogKey } from './log-key.ts';
import { meShow } from './me.ts';
import { giveUpNotice } from './notices.ts';
import { setHosts, setLogo } from './organisation-looks.ts';
import {
  addOrganisation,
  listOrganisations,
  moveAccount,
  removeOrganisation,
  restrictOrganisation,
  setOrganisation,
  showOrganisation,
} from './organisations.ts';
import { showOverview } from './overview.ts';
import { type Confirmable, listProposals, proposalConfirm, withdrawProposal } from './proposals.ts';
import type { ListedQuery } from './query.ts';
import { findRecord } from './record-find.ts';
import { grantRole, listRoles, revokeRole } from './roles.ts';
import { eraseFromRosters } from './roster/erase.ts';
import { failRoster } from './roster/fail.ts';
import { readRosterOf } from './roster/read.ts';
import { showRoster } from './roster/show.ts';
import { tidySomeRosters } from './roster/tidy.ts';
import { makeProposal } from './second.ts';
import { findSessions } from './session-find.ts';
import {
  listSessions,
  revokeAccountSessions,
  revokeAllSessions,
  revokeAppSessions,
  revokeModelSessions,
  revokeOrganisationSessions,
  revokeSession,
} from './sessions.ts';
import { standAccounts, standOrganisations } from './stands.ts';
import { recordStopped } from './stopped.ts';
import { issueTicket, listTickets, revokeTickets } from './tickets.ts';
import { issueManyTickets } from './tickets-many.ts';
import { listTokens, revokeToken, tokenIssue } from './tokens.ts';
import { showTrend } from './trend/show.ts';
import { recordTrial } from './trials.ts';
import { unlockAccount } from './unlock.ts';

/** Makes a token for a program, for some of what stands in these tables. */
export const issueToken = tokenIssue(() => ACT_NAMES);

/** Does what another person has proposed of what stands in these tables. */
export const confirmProposal = proposalConfirm(() =>
  // Each reads its own input strictly.
  (ACTS as readonly Confirmable[]).filter(({ name }) => (TWO_PERSON as readonly string[]).includes(name)),
);

/** Who asks, and what they may ask for of what stands in these tables. */
export const showMe = meShow(() => ({ acts: ACTS, queries: QUERIES }));

/** What administrators do. Each face, and what each role may do, comes from this table and the next. */
export const ACTS = [
  addAccount,
  importAccounts,
  setAccount,
  moveAccount,
  disableAccount,
  enableAccount,
  unlockAccount,
  removeAccount,
  eraseRecord,
  setAppName,
  removeAppName,
  removeAuthenticator,
  issueTicket,
  issueManyTickets,
  revokeTickets,
  revokeSession,
  revokeAccountSessions,
  revokeAppSessions,
  revokeOrganisationSessions,
  revokeModelSessions,
  revokeAllSessions,
  recordStopped,
  addOrganisation,
  setOrganisation,
  setLogo,
  setHosts,
  removeOrganisation,
  restrictOrganisation,
  grantRole,
  revokeRole,
  issueToken,
  revokeToken,
  addDirectoryAccount,
  setDirectoryAccount,
  addDirectoryGroup,
  setDirectoryGroup,
  removeDirectoryGroup,
  beginLockDown,
  endLockDown,
  rotateKey,
  recordTrial,
  readRosterOf,
  eraseFromRosters,
  confirmProposal,
  withdrawProposal,
] as const satisfies readonly (Listed & Faced)[];

/** What administrators see. */
export const QUERIES = [
  showMe,
  showOverview,
  findAccounts,
  listAccounts,
  showAccount,
  previewImport,
  showAccountPage,
  appNamesOf,
  listAuthenticators,
  listTickets,
  listInvitations,
  findSessions,
  listSessions,
  listOrganisations,
  showOrganisation,
  listRoles,
  listTokens,
  directoryAccounts,
  directoryGroups,
  directoryMembers,
  showLockDown,
  listProposals,
  findRecord,
  showCheckpoint,
  showCoverage,
  showTrend,
  listApps,
  explainRequest,
  planEvidence,
  showRoster,
] as const satisfies readonly ListedQuery[];

const ACT_NAMES: readonly string[] = [...ACTS, ...QUERIES].flatMap(({ name, http }) => (http === null ? [] : [name]));

/** What a directory needs that pushes accounts and groups by SCIM. */
export const SCIM_OPERATIONS: readonly string[] = [
  addDirectoryAccount,
  setDirectoryAccount,
  directoryAccounts,
  removeAccount,
  addDirectoryGroup,
  setDirectoryGroup,
  removeDirectoryGroup,
  directoryGroups,
  directoryMembers,
  setAccount,
].map(({ name }) => name);

/** Every operation of this room, those of Sallyport itself too. */
export const ADMINISTRATION = [
  ...ACTS,
  renewKey,
  makeLogKey,
  giveUpNotice,
  recordEvidence,
  standAccounts,
  standOrganisations,
  failRoster,
  tidySomeRosters,
  fallOfCoverage,
  makeProposal,
] as const satisfies readonly Listed[];
