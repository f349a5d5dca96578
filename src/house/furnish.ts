import { Assertions } from '../assertions/assertions.ts';
import { CanaryMarks } from '../assertions/canary-marks.ts';
import { Keyring } from '../assertions/keyring.ts';
import { RequestIds } from '../assertions/request-ids.ts';
import { createBinding } from '../binding/binding.ts';
import { openDoors } from '../doors.ts';
import { createEnrol } from '../enrol/enrol.ts';
import { SallyportError } from '../errors.ts';
import { Gate } from '../gate/gate.ts';
import { createJars } from '../jar/jars.ts';
import { ClockGuard } from '../lib/clock-guard.ts';
import { createLogin } from '../login/login.ts';
import { KeyDuty } from '../manage/keys.ts';
import { LockDown } from '../sessions/lock-down.ts';
import { SessionMap } from '../sessions/map.ts';
import type { Session } from '../sessions/session.ts';
import type { Sites } from '../sites.ts';
import type { StoreHealth } from '../store/health.ts';
import type { SentToApp } from '../watch/canary/ask-app.ts';
import { LetThrough } from '../watch/canary/let-through.ts';
import { CanaryWatch } from '../watch/canary/watch.ts';
import { AccessLog } from '../web/access-log.ts';
import { adoptingLogin } from '../web/adopt.ts';
import { OrganisationLooks } from '../web/looks.ts';
import { createOwn } from '../web/own.ts';
import type { ServerParts } from '../web/parts.ts';
import { setJar, setVisitor } from '../web/reply.ts';
import { Server } from '../web/server.ts';
import { standingBy } from '../web/standing.ts';
import { type Core, type Faults, faultsOf, pageLog } from './core.ts';
import { mailRooms, watchRooms } from './duty-rooms.ts';
import { recordRooms } from './record-rooms.ts';

function guardClock({ clock, log }: Core, { note }: Faults): ClockGuard {
  return new ClockGuard(clock, (offsetMs) => {
    log.error({ offsetMs }, 'the clock has jumped; everything is refused until it runs evenly again');
    void note({ kind: 'clock.jump', outcome: 'failed', actor: 'system', detail: { offset_ms: offsetMs } });
  });
}

function signingRooms({ store, seal, clock, random }: Core) {
  const ring = new Keyring(clock, seal);
  const assertions = new Assertions(ring, clock, random);
  return { ring, assertions, keys: new KeyDuty({ store, seal, clock }, ring, () => assertions.clear()) };
}

/** Who decides, and whose session it is. */
function gateRooms(core: Core, { failed }: Faults, assertions: Assertions) {
  const { store, clock, random, seal, sites } = core;
  const ids = new RequestIds(seal, random);
  const gate = new Gate({ clock, store, assertions, ids });
  const standing = standingBy(gate, (app) => sites.siteOf(app));
  const sourceOf: Sites['sourceOf'] = (app, realm) => sites.sourceOf(app, realm);
  const sessions = new SessionMap({ store, clock, sourceOf, stands: standing, onError: failed });
  return { ids, gate, standing, sessions };
}

type GateRooms = ReturnType<typeof gateRooms>;

/** Where people sign in and enrol. */
function peopleRooms(core: Core, { sessions }: GateRooms, notices: ReturnType<typeof mailRooms>['notices']) {
  const { store, clock, random, seal } = core;
  const lockDown = new LockDown(store, clock);
  const context = { store, clock, random, seal, notices, lockDown };
  const login = adoptingLogin(createLogin(context), sessions, clock);
  return { lockDown, login, enrol: createEnrol(context) };
}

type PeopleRooms = ReturnType<typeof peopleRooms>;

/** The app's own sign-in, bound; what is logged of requests; and the canary, whose requests are logged there as well. */
function appRooms(core: Core, { failed }: Faults, { gate, ids }: GateRooms, login: PeopleRooms['login']) {
  const { config, access, log, clock, random, store, seal, sites } = core;
  const live = () => sites.live.site.config;
  const jars = createJars({ store, seal, clock });
  const accessLog = new AccessLog(access, clock, () => live().log.requests);
  const asked = (request: SentToApp) => accessLog.asked(request);
  const shared = config.store.kind === 'postgres';
  const rest = { login, shared, setVisitor, setJar, asked };
  const binding = createBinding({ store, clock, random, seal, gate, jars, ...rest });
  const marks = new CanaryMarks(seal);
  const canary = new CanaryWatch({ store, clock, random, seal, marks, ids, sent: asked, log, config: live, failed });
  const told = new LetThrough(store, clock);
  const letThrough = (token: string, appId: string, request: string) => told.tell(token, appId, request);
  return { jars, accessLog, binding, marks, canary, letThrough };
}

interface OwnNeeds {
  readonly people: PeopleRooms;
  readonly sessions: SessionMap;
  readonly ring: Keyring;
}

/** Our own pages, which every door has. */
function ownPages(core: Core, faults: Faults, { people, sessions, ring }: OwnNeeds) {
  const { store, clock } = core;
  const { login, enrol } = people;
  const touch = (session: Session) => sessions.touch(session);
  const jwks = () => ({ body: JSON.stringify(ring.jwks()) });
  const looks = new OrganisationLooks({ store, clock, failed: faults.failed });
  return createOwn({ login, enrol, clock, looks, touch, jwks, log: pageLog(core, faults) });
}

/** Each throws while it is not so. `ready`: requests may be begun; `healthy`: they would be answered. */
function checksOf(health: StoreHealth, ring: Keyring, sessions: SessionMap) {
  const ready = () => {
    health.check();
    if (ring.failed) throw new SallyportError('keys-unavailable', 'the signing keys cannot be opened');
    // By a clock before every key nothing could be signed, so nothing is begun either.
    if (!ring.begun) throw new SallyportError('keys-unavailable', 'the clock is before every signing key');
  };
  const healthy = () => {
    ready();
    sessions.checkFresh();
    ring.signing();
  };
  return { ready, healthy };
}

interface Behind {
  readonly parts: Omit<ServerParts, 'live' | 'inside'>;
  readonly login: PeopleRooms['login'];
  readonly cosigner: ReturnType<typeof recordRooms>['cosigner'];
}

/** The doors, each with a server of the same rooms; the console's has what is inside of it, and no way to an app. */
function doorsOf(core: Core, faults: Faults, { parts, login, cosigner }: Behind) {
  const { config: place, log, clock, random, store, seal, sites, createConsole } = core;
  const needs = { store, clock, random, seal, login, cosigner, place, log: pageLog(core, faults) };
  const inside = createConsole?.(needs) ?? null;
  return openDoors(place, log, {
    apps: () => new Server({ ...parts, live: () => sites.live, inside: null }),
    console: () => new Server({ ...parts, live: () => sites.console, inside }),
  });
}

/** Every room, built by hand from what it needs. */
export function furnish(core: Core) {
  const { clock } = core;
  const faults = faultsOf(core);
  const clockGuard = guardClock(core, faults);
  const signing = signingRooms(core);
  const { ring, assertions } = signing;
  const { delivery, notices } = mailRooms(core, faults);
  const gate = gateRooms(core, faults, assertions);
  const { sessions } = gate;
  const { cosigner, ...kept } = recordRooms(core, faults);
  const people = peopleRooms(core, gate, notices);
  const { jars, canary, ...app } = appRooms(core, faults, gate, people.login);
  const parts = {
    clock,
    clockGuard,
    own: ownPages(core, faults, { people, sessions, ring }),
    refusals: kept.refusals,
    ...gate,
    ...app,
    ...checksOf(faults.health, ring, sessions),
    failed: (error: SallyportError) => faults.health.failed(error),
  };
  const { login, lockDown } = people;
  const doors = doorsOf(core, faults, { parts, login, cosigner });
  const watch = watchRooms(core, faults, notices);
  return { ...faults, ...signing, ...kept, ...watch, canary, doors, clockGuard, lockDown, sessions, jars, delivery };
}

export type Rooms = ReturnType<typeof furnish>;
