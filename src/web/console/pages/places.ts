import { listAccounts } from '../../../manage/accounts.ts';
import { listApps } from '../../../manage/apps.ts';
import type { Needs } from '../../../manage/authority.ts';
import { showCoverage } from '../../../manage/coverage.ts';
import { planEvidence } from '../../../manage/evidence.ts';
import { previewImport } from '../../../manage/import.ts';
import { beginLockDown } from '../../../manage/lock-down.ts';
import { listOrganisations } from '../../../manage/organisations.ts';
import { listProposals } from '../../../manage/proposals.ts';
import { findRecord } from '../../../manage/record-find.ts';
import { listRoles } from '../../../manage/roles.ts';
import { showRoster } from '../../../manage/roster/show.ts';
import { listSessions } from '../../../manage/sessions.ts';
import { listTokens } from '../../../manage/tokens.ts';
import type { Messages } from '../../messages/types.ts';

/** A page that is always at hand. */
export interface Place {
  readonly href: string;
  /** What the catalogue calls it. */
  readonly name: keyof Messages['consoleShell']['pages'];
  /** What it shows, or is for: whoever may not ask for that is not led there. Absent: everybody may. */
  readonly shows?: { readonly needs: Needs };
}

/** The navigation, in its order. A new page is a line here and one in routes/table.ts. */
export const PLACES: readonly Place[] = [
  { href: '/', name: 'home' },
  { href: '/accounts', name: 'accounts', shows: listAccounts },
  { href: '/invite', name: 'invite', shows: previewImport },
  { href: '/sessions', name: 'sessions', shows: listSessions },
  { href: '/organisations', name: 'organisations', shows: listOrganisations },
  { href: '/roles', name: 'roles', shows: listRoles },
  { href: '/tokens', name: 'tokens', shows: listTokens },
  { href: '/record', name: 'record', shows: findRecord },
  { href: '/coverage', name: 'coverage', shows: showCoverage },
  { href: '/reconciliation', name: 'reconciliation', shows: showRoster },
  { href: '/evidence', name: 'evidence', shows: planEvidence },
  { href: '/apps', name: 'apps', shows: listApps },
  { href: '/exemptions', name: 'exemptions', shows: listApps },
  { href: '/lock-down', name: 'lock-down', shows: beginLockDown },
  { href: '/waiting', name: 'waiting', shows: listProposals },
  { href: '/me', name: 'me' },
];
