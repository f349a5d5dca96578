import type { RuleConfig } from '../config/types.ts';
import type { Reading } from '../presets/types.ts';
import type { Client } from '../request/client.ts';
import { HeaderFields } from '../request/fields.ts';
import { type Decision, decide, type Facts, type SessionFacts } from './decide.ts';
import { factsFor, type Judged, readingOf } from './facts.ts';
import type { Holders } from './holders.ts';

/** Nobody sent it. */
const NO_CLIENT: Client = { address: '0.0.0.0', scheme: 'https', forwardedFor: '0.0.0.0', near: false };

/** A request by its line alone. */
export type RequestLine = Pick<Judged, 'app' | 'rules' | 'method' | 'target'>;

/** What the gate would judge of a request that nobody sent. */
export interface Asked {
  readonly facts: Facts;
  readonly reading: Reading | null;
}

/** What the gate finds at `now` (ms since the epoch) of such a request, before it is known who sends it. */
export function askedOf(line: RequestLine, headers: HeaderFields, now: number): Asked {
  const plain = { headers, destination: null, upgrade: false, originAllowed: false };
  const asked = { ...line, ...plain, client: NO_CLIENT, session: undefined };
  const reading = readingOf(asked);
  return { reading, facts: factsFor(asked, reading, now, now) };
}

/** The gate's verdict on facts, for reports: it lets nothing through. */
export function verdictOn(facts: Facts): Decision {
  return decide(facts);
}

/**
 * What the gate says at `now` of such a request, sent by whoever these facts are of, or by nobody: for reports, which have no
 * opinion of their own. It lets nothing through.
 */
export function opinionOf(line: RequestLine, session: SessionFacts | null, now: number): Decision {
  return decide({ ...askedOf(line, HeaderFields.none, now).facts, session });
}

/** What a rule makes at `now` of whoever these facts are of, at an ordinary request to their own app, whose one account others may hold. */
export function opinionUnder(
  rule: RuleConfig | null,
  session: SessionFacts,
  now: number,
  holders: Holders | null,
): Decision {
  const { appId, realm } = session;
  const plain = { exemption: null, upgrade: false, originAllowed: false, reading: null, loginFirst: false } as const;
  return decide({ ...plain, appId, realm, now, session, rule, holders, unboundExpired: false });
}
