import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Refusals } from '../audit/refusals.ts';
import type { Binding } from '../binding/types.ts';
import { asSallyportError, SallyportError } from '../errors.ts';
import { Admission, type Streamed } from '../gate/admission.ts';
import { type Gate, Refusal } from '../gate/gate.ts';
import type { Clock } from '../lib/clock.ts';
import type { ClockGuard } from '../lib/clock-guard.ts';
import { type Forwarding, forward } from '../proxy/forward.ts';
import { upgradeOriginAllowed } from '../proxy/handshake.ts';
import type { Passage } from '../proxy/passage.ts';
import type { Upgrader } from '../proxy/upgrade.ts';
import { cleanHead } from '../read/clean.ts';
import { isNavigation, wantsHtml } from '../read/head.ts';
import type { Ended } from '../sessions/ended.ts';
import type { SessionMap } from '../sessions/map.ts';
import { Openings } from '../sessions/openings.ts';
import type { Session } from '../sessions/session.ts';
import type { AccessLog } from './access-log.ts';
import { answerStep, aroundOf } from './bound.ts';
import { answerRefusal } from './challenge.ts';
import { answeredEarly, answerHealth, answerRelatedOrigins, HEALTH, RELATED_ORIGINS } from './early.ts';
import { answerPreflight, type Elsewhere, elsewhereOf, OnwardForms } from './elsewhere.ts';
import { frameOf } from './frames.ts';
import { endAfterOffer, type Listener } from './listener.ts';
import type { OwnPages } from './own.ts';
import { refuse, refuseSocket } from './refuse.ts';
import { clientOf, readRequest, type Seen } from './requests.ts';
import type { Site } from './site.ts';
import type { Standing } from './standing.ts';

/** A configuration in force together with the connections to its upstreams. */
export interface Live {
  readonly site: Site;
  readonly forwarding: Forwarding;
  readonly upgrader: Upgrader;
}

export interface ServerParts {
  readonly clock: Clock;
  readonly clockGuard: ClockGuard;
  readonly gate: Gate;
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
}

/** One request on its way through the house. */
interface Way {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly live: Live;
  readonly seen: Seen;
  readonly expectsContinue: boolean;
}

const OWN_BODY_MS = 30_000;

/** The client went away. A request whose body was read to its end is destroyed too, and is no such case. */
function left(request: IncomingMessage, response: ServerResponse): boolean {
  return response.destroyed || request.socket.destroyed || (request.destroyed && !request.complete);
}

/** The first door: every request and every upgrade comes through here, and only here does one leave the building. */
export class Server {
  readonly #parts: ServerParts;
  /** What is open without a session: exempt, or the surface of an app's own sign-in. */
  readonly #openings = new Openings();
  readonly #onward = new OnwardForms();

  constructor(parts: ServerParts) {
    this.#parts = parts;
  }

  attach(listener: Listener): void {
    listener.on('request', (request, response) => this.#onRequest(request, response, false));
    // Node would say `100 Continue` before anything is decided; so it is said by us, once the request is admitted.
    listener.on('checkContinue', (request, response) => this.#onRequest(request, response, true));
    listener.on('upgrade', (request, socket, head) => this.#onUpgrade(request, socket, head));
  }

  /** The rules have changed, or an exemption may have expired: what is open by them is judged again. */
  rejudge(): void {
    this.#openings.rejudge((about) => this.#parts.standing(undefined, about));
  }

  /** Rules, account or session may have changed while a request was judged: then it is judged by what holds now. */
  #requireStanding(admission: Admission, live: Live): void {
    const { session } = admission;
    const current = session?.current;
    if (current === session && live === this.#parts.live()) return;
    if (!this.#parts.standing(current, admission)) throw new SallyportError('forbidden', 'not admitted any more');
  }

  #onRequest(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    endAfterOffer(request, response);
    const live = this.#parts.live();
    const line = this.#parts.accessLog.begin(request, response);
    let seen: Seen | undefined;
    try {
      cleanHead(request);
      if (answeredEarly(request, response, live.site, this.#healthy)) return;
      seen = readRequest(request, live.site);
      line?.about(seen.app.id, seen.target.path, seen.client.address);
      const session = this.#sessionFor(seen);
      if (this.#answeredForHost(response, live.site, seen)) return;
      if (session instanceof Promise) {
        const known = seen;
        session
          .then((found) => this.#serve(request, response, live, known, found, expectsContinue, line))
          .catch((error: unknown) => this.#refused(request, response, live.site, known, undefined, error));
      } else this.#serve(request, response, live, seen, session, expectsContinue, line);
    } catch (error) {
      this.#refused(request, response, live.site, seen, undefined, error);
    }
  }

  /** Public and the same for everybody, at the one host that other origins borrow their passkeys from. */
  #answeredForHost(response: ServerResponse, site: Site, { target, method, host }: Seen): boolean {
    if (target.path !== RELATED_ORIGINS || (method !== 'GET' && method !== 'HEAD')) return false;
    const origins = site.config.relatedOrigins.get(host);
    if (origins === undefined) return false;
    answerRelatedOrigins(response, origins);
    return true;
  }

  readonly #healthy = (): void => {
    this.#checkClock();
    this.#parts.healthy();
  };

  #checkClock(): void {
    if (!this.#parts.clockGuard.trusted()) throw new SallyportError('clock-untrusted', 'the clock has jumped');
  }

  /**
   * The one way past clock, store and keys, for requests and upgrades alike. By a clock that is not trusted nothing of ours
   * answers but health and assets; our public keys, too, are there while the store is not.
   */
  #sessionFor(seen: Seen): Session | undefined | Promise<Session | undefined> {
    const { path, reserved } = seen.target;
    if (reserved && (path === HEALTH || path.startsWith('/.sallyport/assets/'))) return undefined;
    this.#checkClock();
    if (reserved && path === '/.sallyport/jwks.json') return undefined;
    this.#parts.ready();
    this.#parts.sessions.checkFresh();
    return seen.cookies.session === null ? undefined : this.#parts.sessions.find(seen.cookies.session);
  }

  #serve(
    request: IncomingMessage,
    response: ServerResponse,
    live: Live,
    seen: Seen,
    session: Session | undefined,
    expectsContinue: boolean,
    line: ReturnType<AccessLog['begin']>,
  ): void {
    // The client left while we asked the store: nothing may be opened towards the app any more.
    if (left(request, response)) return;
    line?.by(session);
    if (seen.target.reserved) {
      this.#serveOwn(request, response, live.site, seen, session, expectsContinue);
      return;
    }
    const verdict = this.#judge(request, live.site, seen, session, false);
    const way: Way = { request, response, live, seen, expectsContinue };
    const act = (outcome: Exclude<typeof verdict, Promise<unknown>>) => {
      if (left(request, response)) return;
      if (outcome instanceof Refusal) {
        const elsewhere = elsewhereOf(request, seen, outcome);
        if (elsewhere !== null) {
          this.#fromElsewhere(way, elsewhere).catch(failed);
          return;
        }
        this.#note(seen, session, new SallyportError(outcome.code, outcome.why));
        answerRefusal(request, response, live.site, { seen, session, ended: this.#endOf(seen) }, outcome);
      } else if (Admission.is(outcome, 'step')) this.#step(way, outcome).catch(failed);
      else this.#pass(way, outcome, failed);
    };
    const failed = (error: unknown) => this.#refused(request, response, live.site, seen, session, error);
    if (verdict instanceof Promise) verdict.then(act).catch(failed);
    else act(verdict);
  }

  /** Nothing of it is forwarded: a form comes again from our own origin, a preflight is a question. */
  async #fromElsewhere({ request, response, live, seen, expectsContinue }: Way, what: Elsewhere): Promise<void> {
    if (what.kind === 'preflight') {
      answerPreflight(response, what);
      return;
    }
    if (expectsContinue) response.writeContinue();
    await this.#onward.answer(request, response, live.site, seen);
  }

  #judge(request: IncomingMessage, site: Site, seen: Seen, session: Session | undefined, upgrade: boolean) {
    const rules = site.rules.get(seen.app);
    if (rules === undefined) throw new SallyportError('internal', 'an app without compiled rules');
    return this.#parts.gate.pass({
      request,
      app: seen.app,
      rules,
      method: seen.method,
      target: seen.target,
      destination: seen.destination,
      host: seen.head.host,
      client: seen.client,
      session,
      upgrade,
      originAllowed: upgrade && upgradeOriginAllowed(seen.head.origin, seen.origin, seen.app, seen.target.path),
    });
  }

  /** A request that is streamed: at once, or once it is known what crosses with it. */
  #pass(way: Way, admission: Admission<Streamed>, failed: (error: unknown) => void): void {
    if (admission.app.login.kind !== 'bound') {
      this.#leave(way, admission, undefined);
      return;
    }
    const around = aroundOf(way.request, way.seen, way.live.forwarding.upstreams, false);
    const held = Admission.is(admission, 'session') ? this.#parts.binding.release(admission, around) : null;
    const passage = held === null ? this.#parts.binding.passage(admission, around) : null;
    if (held === null && !(passage instanceof Promise)) this.#leave(way, admission, passage ?? undefined);
    else this.#passLater(way, admission, around, held, passage).catch(failed);
  }

  async #passLater(
    way: Way,
    admission: Admission<Streamed>,
    around: ReturnType<typeof aroundOf>,
    held: ReturnType<Binding['release']>,
    waited: ReturnType<Binding['passage']> | null,
  ): Promise<void> {
    const released = await held;
    if (released !== null && released.kind !== 'plain') {
      if (!left(way.request, way.response)) answerStep(way.request, way.response, way.live.site, way.seen, released);
      return;
    }
    const passage = await (waited ?? this.#parts.binding.passage(admission, around));
    if (!left(way.request, way.response)) this.#leave(way, admission, passage);
  }

  /** A request that may be a sign-in at the app: its answer is judged before anybody sees it. */
  async #step(way: Way, admission: Admission<'step'>): Promise<void> {
    const { request, response, live, seen, expectsContinue } = way;
    if (expectsContinue) response.writeContinue();
    if (admission.session !== null) this.#parts.sessions.touch(admission.session);
    const around = aroundOf(request, seen, live.forwarding.upstreams, false);
    const result = await this.#parts.binding.step(admission, around);
    if (left(request, response)) return;
    if (result.kind === 'plain') this.#leave({ ...way, expectsContinue: false }, result.admission, result.passage);
    else answerStep(request, response, live.site, seen, result);
  }

  /** The one place where a request leaves the building. */
  #leave(way: Way, admission: Admission<Streamed>, passage: Passage | undefined): void {
    const { request, response, live, seen, expectsContinue } = way;
    const { session } = admission;
    this.#requireStanding(admission, live);
    if (session !== null) {
      this.#parts.sessions.touch(session);
      this.#parts.sessions.watch(session);
    }
    if (expectsContinue) response.writeContinue();
    forward(admission, response, live.forwarding, {
      openings: this.#openings,
      ...(passage === undefined ? {} : { passage }),
      fail: (error) => this.#refused(request, response, live.site, seen, session ?? undefined, error),
    });
  }

  #serveOwn(
    request: IncomingMessage,
    response: ServerResponse,
    site: Site,
    seen: Seen,
    session: Session | undefined,
    expectsContinue: boolean,
  ): void {
    if (seen.target.path === HEALTH) {
      answerHealth(response, this.#healthy);
      return;
    }
    const deadline = setTimeout(() => {
      if (!request.complete) request.destroy();
    }, OWN_BODY_MS).unref();
    response.once('close', () => clearTimeout(deadline));
    if (expectsContinue) response.writeContinue();
    // A session of another app is none here either.
    const own = session?.appId === seen.app.id ? session : undefined;
    this.#parts.own(request, response, {
      app: seen.app,
      apps: site.config.apps,
      client: seen.client,
      origin: seen.origin,
      path: seen.target.path,
      query: seen.target.query ?? '',
      session: own ?? null,
      ended: session === undefined ? this.#endOf(seen) : null,
      cookies: seen.cookies,
      navigation: isNavigation(seen.method, request.rawHeaders),
      frame: frameOf(request, site, seen, own),
      brand: site.brand,
    });
  }

  /** Known from the look-up that found no live session; asks nobody. */
  #endOf({ app, cookies }: Seen): Ended | null {
    return cookies.session === null ? null : this.#parts.sessions.endOf(cookies.session, app.id);
  }

  #refused(
    request: IncomingMessage,
    response: ServerResponse,
    site: Site,
    seen: Seen | undefined,
    session: Session | undefined,
    thrown: unknown,
  ): void {
    const error = asSallyportError(thrown);
    if (error.status >= 500) this.#parts.failed(error);
    try {
      if (seen === undefined) this.#noteUnread(request, site, error);
      else this.#note(seen, session, error);
      refuse(
        request,
        response,
        site,
        error,
        wantsHtml(request.rawHeaders) ? frameOf(request, site, seen, session) : null,
      );
    } catch {
      response.destroy();
    }
  }

  #note(seen: Seen, session: Session | undefined, error: SallyportError): void {
    const { app, target, client } = seen;
    this.#parts.accessLog.refused(error, { app: app.id, path: target.path, source: client.address, session });
    this.#parts.refusals.note({
      code: error.code,
      why: error.message,
      appId: seen.app.id,
      source: seen.client.address,
      accountId: session?.accountId ?? null,
      sessionId: session?.id ?? null,
      method: seen.method,
      path: seen.target.path,
    });
  }

  #noteUnread(request: IncomingMessage, site: Site, error: SallyportError): void {
    const { address } = clientOf(request, site);
    // What could not be read is not trusted with its query, which may hold anything.
    const path = (request.url ?? '').split('?')[0]?.slice(0, 200) ?? '';
    this.#parts.accessLog.refused(error, { app: undefined, path, source: address, session: undefined });
    this.#parts.refusals.note({
      code: error.code,
      why: error.message,
      appId: null,
      source: address,
      accountId: null,
      sessionId: null,
      method: (request.method ?? '').slice(0, 20),
      path,
    });
  }

  #onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    this.#upgrade(request, socket, head).catch((error: unknown) => {
      const refused = asSallyportError(error);
      try {
        this.#noteUnread(request, this.#parts.live().site, refused);
      } finally {
        refuseSocket(socket, refused);
      }
    });
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    cleanHead(request);
    const live = this.#parts.live();
    const seen = readRequest(request, live.site);
    const session = await this.#sessionFor(seen);
    const outcome = await this.#judge(request, live.site, seen, session, true);
    if (socket.destroyed) return;
    if (outcome instanceof Refusal) {
      const error = new SallyportError(outcome.code, outcome.why);
      this.#note(seen, session, error);
      refuseSocket(socket, error);
      return;
    }
    if (!Admission.is(outcome, 'session') || outcome.session === null)
      throw new SallyportError('sign-in-required', 'an upgrade without a session');
    const holder = outcome.session;
    const bound = seen.app.login.kind === 'bound';
    const around = aroundOf(request, seen, live.forwarding.upstreams, true);
    const passage = bound ? await this.#parts.binding.passage(outcome, around) : undefined;
    if (socket.destroyed) return;
    this.#requireStanding(outcome, live);
    this.#parts.sessions.touch(holder);
    this.#parts.sessions.watch(holder);
    this.#parts.accessLog.upgraded(seen.app.id, seen.target.path, seen.client.address, holder);
    live.upgrader.forwardUpgrade(outcome, socket, head, passage);
  }
}
