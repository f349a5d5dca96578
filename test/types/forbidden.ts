/**
 * Lines that must not compile, part of the normal program: each `@ts-expect-error` is itself an error as soon as its
 * line compiles. Nothing here is ever called. forbidden.test.ts says which error stops each line.
 */
import type { AuditKind } from '../../src/audit/audit.ts';
import type { Config } from '../../src/config/types.ts';
import type { ErrorCode } from '../../src/errors.ts';
import type { Admission, AdmissionParts } from '../../src/gate/admission.ts';
import type { Decision } from '../../src/gate/decide.ts';
import { Html, html } from '../../src/lib/html.ts';
import type { Session } from '../../src/sessions/session.ts';
import type { PendingRow, SessionRow } from '../../src/store/types.ts';
import type { Answer } from '../../src/web/reply.ts';
import { showPage } from '../../src/web/reply.ts';

interface Held {
  readonly config: Config;
  readonly parts: AdmissionParts;
  readonly pending: PendingRow;
  readonly row: SessionRow;
  readonly text: string;
}

/** A cast of what already has the fields compiles, with any type; forbidden.test.ts shows what it is worth at run time. */
export function casts({ parts, pending, row }: Held): readonly unknown[] {
  return [
    // @ts-expect-error TS2352 a request cast to an admission
    parts.request as Admission,
    // @ts-expect-error TS2352 a session cast to an admission
    parts.session as Admission,
    // @ts-expect-error TS2352 a pending sign-in cast to a session
    pending as Session,
    // @ts-expect-error TS2352 a row of the store cast to a session
    row as Session,
  ];
}

export function markup({ text }: Held): readonly unknown[] {
  // @ts-expect-error TS2322 a string is no markup
  const body: Html = text;
  // @ts-expect-error TS2322 nor is a list of strings a list of pieces
  const list: readonly Html[] = [text];
  // @ts-expect-error TS2345 nor is a page a string
  const answer: Answer = showPage(200, `<p>${text}</p>`);
  // @ts-expect-error TS2322 a hole takes no list of strings, which would be joined unseen
  const held = html`<p>${[text]}</p>`;
  // @ts-expect-error TS2353 a hole takes no object
  const object = html`<p>${{ text, toString: () => text, other: 1 }}</p>`;
  return [body, list, answer, held, object, Html];
}

export function words(): readonly unknown[] {
  // @ts-expect-error TS2322 no such code
  const code: ErrorCode = 'allowed';
  // @ts-expect-error TS2820 no such kind of record
  const kind: AuditKind = 'session.open ';
  return [code, kind];
}

/** A new kind of decision must be thought of wherever decisions are acted on. */
export function acts(decision: Decision): boolean {
  switch (decision.kind) {
    case 'deny':
    case 'challenge':
      return false;
    case 'admit':
      return true;
    default:
      // @ts-expect-error TS1360 `exempt` was forgotten
      decision satisfies never;
      return false;
  }
}

export function changes({ config }: Held): void {
  const [app] = config.apps;
  if (app === undefined) return;
  // @ts-expect-error TS2540 a configuration in force
  config.masterKeyFile = '/elsewhere';
  // @ts-expect-error TS2540 its parts
  config.listen.host = '0.0.0.0';
  // @ts-expect-error TS2339 the list of apps
  config.apps.push(app);
  // @ts-expect-error TS2540 an app's upstream
  app.upstream.origin = 'http://127.0.0.1:1';
  // @ts-expect-error TS2339 its exemptions
  app.exemptions.pop();
  // @ts-expect-error TS2339 its identity headers
  app.headers.set('Remote-User', '{account}');
  // @ts-expect-error TS2339 the realms
  config.realms.clear();
  // @ts-expect-error TS2339 whose addresses are believed
  config.trustedProxies.push('0.0.0.0/0');
}
