import type { Scope } from '../database.ts';
import type { ViewStore } from '../view-types.ts';
import { accountViews } from './accounts.ts';
import { coverageViews } from './coverage.ts';
import { newestViews } from './newest.ts';
import { overviewViews } from './overview.ts';
import { recordViews } from './record.ts';
import { rosterViews } from './rosters.ts';
import { sessionViews } from './sessions.ts';
import { useViews } from './uses.ts';

export function viewStore(scope: Scope): ViewStore {
  return {
    ...accountViews(scope),
    ...recordViews(scope),
    ...overviewViews(scope),
    ...sessionViews(scope),
    ...coverageViews(scope),
    ...rosterViews(scope),
    ...useViews(scope),
    ...newestViews(scope),
  };
}
