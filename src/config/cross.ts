import type { View } from './check.ts';
import {
  checkConsoleListen,
  checkConsoleName,
  checkConsoleOrigin,
  checkConsoleRealm,
  checkConsoleRequire,
  checkConsoleUpstream,
  findWeakConsole,
} from './cross-console.ts';
import { checkLogins, checkPasswords, findUnbound } from './cross-login.ts';
import {
  checkHostsOfPasskeys,
  checkModels,
  checkPasskeyRules,
  checkRelated,
  findNoPasskeys,
  findPlainHttp,
  findSeveralHosts,
  findTooManyRelated,
  findUnservedRelated,
} from './cross-passkeys.ts';
import { checkColours, checkMail } from './cross-people.ts';
import {
  checkHosts,
  checkOrigins,
  checkPlainHttp,
  checkRealms,
  checkSomethingIsServed,
  checkStorePassword,
  checkUpstreams,
} from './cross-places.ts';
import { checkHeads, checkReceivers } from './cross-record.ts';
import { checkRosters } from './cross-roster.ts';
import { checkElsewhere, checkRules, findDeepExemptions, findExemptions } from './cross-rules.ts';
import { checkNodes, checkSessions, findLongSessions } from './cross-times.ts';
import type { Finding } from './source.ts';

type Check = (view: View) => Iterable<Finding>;

const FAULTS: readonly Check[] = [
  checkPlainHttp,
  checkSomethingIsServed,
  checkHosts,
  checkRealms,
  checkOrigins,
  checkUpstreams,
  checkSessions,
  checkNodes,
  checkRules,
  checkElsewhere,
  checkStorePassword,
  checkModels,
  checkHostsOfPasskeys,
  checkRelated,
  checkPasskeyRules,
  checkColours,
  checkMail,
  checkReceivers,
  checkHeads,
  checkLogins,
  checkPasswords,
  checkRosters,
  checkConsoleName,
  checkConsoleListen,
  checkConsoleOrigin,
  checkConsoleRealm,
  checkConsoleRequire,
  checkConsoleUpstream,
];
const FINDINGS: readonly Check[] = [
  findExemptions,
  findDeepExemptions,
  findUnbound,
  findLongSessions,
  findNoPasskeys,
  findSeveralHosts,
  findPlainHttp,
  findTooManyRelated,
  findUnservedRelated,
  findWeakConsole,
];

/** Checks across the parts of a file. A fault stops the start; a finding is reported, and makes `check` exit 1. */
export function checkAcross(view: View): { faults: Finding[]; findings: Finding[] } {
  const run = (checks: readonly Check[]) => checks.flatMap((check) => [...check(view)]);
  return { faults: run(FAULTS), findings: run(FINDINGS) };
}
