import { Admission } from '../gate/admission.ts';
import type { Gate } from '../gate/gate.ts';
import { upgradeOriginAllowed } from '../proxy/handshake.ts';
import { readDestination } from '../request/destination.ts';
import { readHead } from '../request/head.ts';
import { originOf, parseHost } from '../request/hosts.ts';
import { parseTarget } from '../request/target.ts';
import type { Session } from '../sessions/session.ts';
import type { Site } from './site.ts';

/** Whether what was admitted earlier and is open would still be admitted: by the site in force and the session as it is now. */
export type Standing = (session: Session | undefined, about: unknown) => boolean;

/** Read anew from what the admission holds: the rules of a reload are compiled for other spellings of host and target. */
function judge(gate: Gate, site: Site, session: Session | undefined, admission: Admission): boolean {
  const { request, headers, client, method, upgrade } = admission;
  const host = parseHost(admission.host);
  const app = site.hosts.get(host.name);
  const rules = app === undefined ? undefined : site.rules.get(app);
  if (app === undefined || rules === undefined || app.id !== admission.app.id) return false;
  const target = parseTarget(admission.target, app.target);
  const head = readHead(headers, request.httpVersion);
  const originAllowed = upgrade && upgradeOriginAllowed(head.origin, originOf(client, host), app, target.path);
  const destination = readDestination(head.destination, method, app);
  const asked = { request, headers, app, rules, method, target, destination, host: admission.host, client };
  const judged = { ...asked, session, upgrade, originAllowed };
  return gate.stands(judged, admission.kind, admission.at);
}

/** Starts at no: what cannot be judged any more does not stand. */
export function standingBy(gate: Gate, siteOf: (appId: string) => Site): Standing {
  return (session, about) => {
    try {
      return about instanceof Admission && judge(gate, siteOf(about.app.id), session, about);
    } catch {
      return false;
    }
  };
}
