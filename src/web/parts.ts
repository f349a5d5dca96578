import type { CanaryMarks } from '../assertions/canary-marks.ts';
import type { RequestIds } from '../assertions/request-ids.ts';
import type { Refusals } from '../audit/refusals.ts';
import type { Binding } from '../binding/types.ts';
import type { SallyportError } from '../errors.ts';
import type { Gate } from '../gate/gate.ts';
import type { Clock } from '../lib/clock.ts';
import type { ClockGuard } from '../lib/clock-guard.ts';
import type { Forwarding } from '../proxy/forwarding.ts';
import type { Upgrader } from '../proxy/upgrade.ts';
import type { SessionMap } from '../sessions/map.ts';
import type { AccessLog } from './access-log.ts';
import type { Inside } from './console/inside.ts';
import type { OwnPages } from './own.ts';
import type { Site } from './site.ts';
import type { Standing } from './standing.ts';

/** A configuration in force together with the connections to its upstreams. */
export interface Live {
  readonly site: Site;
  readonly forwarding: Forwarding;
  readonly upgrader: Upgrader;
}

/** What the way of a request needs of the rest of the house. */
export interface ServerParts {
  readonly clock: Clock;
  readonly clockGuard: ClockGuard;
  readonly gate: Gate;
  readonly ids: Pick<RequestIds, 'next'>;
  readonly marks: Pick<CanaryMarks, 'answer'>;
  /** Puts on record that a request of our own canary is let through to an app. `request`: method and target. */
  readonly letThrough: (token: string, appId: string, request: string) => Promise<void>;
  readonly binding: Binding;
  readonly sessions: SessionMap;
  readonly standing: Standing;
  readonly own: OwnPages;
  readonly refusals: Refusals;
  readonly accessLog: AccessLog;
  /** Throws while the store or the keys do not allow to serve. Asks nobody. */
  readonly ready: () => void;
  /** Throws unless store, keys and the feed of changes are all in order. Asks nobody, so that a flood of probes costs nothing. */
  readonly healthy: () => void;
  /** Hears of every fault of ours (5xx) that refused a request. */
  readonly failed: (error: SallyportError) => void;
  readonly live: () => Live;
  /** Where an admitted request ends, when it is here; null: it leaves for its app. */
  readonly inside: Inside | null;
}
