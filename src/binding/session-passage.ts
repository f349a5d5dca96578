import type { BoundLogin } from '../config/login-types.ts';
import { SallyportError } from '../errors.ts';
import type { Admission } from '../gate/admission.ts';
import type { Jar } from '../jar/types.ts';
import type { Pattern } from '../lib/pattern.ts';
import { soon } from '../lib/soon.ts';
import { checkQueryEquals, isLogout, isQuiet, readHeadOf, webSocketRule } from '../presets/reading.ts';
import type { BodyEdit, Passage } from '../proxy/passage.ts';
import { parseTarget, pathOf } from '../request/target.ts';
import { backEdit, readToMap } from './back.ts';
import { readLoginBody } from './body.ts';
import type { BindingContext } from './context.ts';
import { authorizationEdit } from './credentials.ts';
import { inTurn, isFilled } from './edits.ts';
import { judgedSoFar, type Read, scannerFor } from './guard.ts';
import { JarPassage } from './jar-passage.ts';
import { boundLogin } from './jars.ts';
import { knownNameAtApp, nameAtApp } from './names.ts';
import { type SessionJars, whenFree } from './owner.ts';
import type { Prover } from './prover.ts';
import type { ExchangeContext, SessionRequest } from './types.ts';

interface SessionExchange extends SessionRequest {
  readonly login: BoundLogin;
  /** What becomes of the body: it is mapped back, and what comes of that is judged. */
  readonly scan: BodyEdit | null;
  /** It is mapped back. */
  readonly resized: boolean;
  /** Of the body, judged. */
  readonly read?: Read;
}

const NO_COOKIES: readonly string[] = [];

/** Whether the path of a target is one of these addresses, whatever their queries; spares most targets a second parse. */
function isAt(login: BoundLogin, addresses: readonly { readonly path: Pattern }[], target: string): boolean {
  const path = pathOf(target);
  if (addresses.length === 0 || isQuiet(login, path)) return false;
  const raw = login.nocase ? path.toLowerCase() : path;
  return addresses.some((each) => each.path.test(raw));
}

function isSurface({ app, method, target, headers }: Admission, login: BoundLogin): boolean {
  if (!isAt(login, login.anon, target)) return false;
  return readHeadOf(login, method, parseTarget(target, app.target), headers).kind === 'surface';
}

/**
 * What anybody may see, asked for by somebody who is not known to be signed in: the sign-in page and its parts. The app is not
 * asked in between, since some give whoever is not signed in another session whenever they are asked anything, and the form on
 * the page is good for the one that it came with (docs/decisions/0038). The next request that is anything else is asked about.
 */
function showsAnybody({ admission, login }: SessionExchange, jar: Jar): boolean {
  return login.steps.length > 0 && jar.standing.kind !== 'bound' && isSurface(admission, login);
}

/** The same for an answer; where the preset says that the app does so, for every page that is shown in place of another. */
function mayShowForm(exchange: SessionExchange, jar: Jar, status: number): boolean {
  if (showsAnybody(exchange, jar)) return true;
  const { admission, context, login } = exchange;
  const page = context.navigation && admission.method === 'GET' && (status < 300 || status >= 400);
  return page && jar.standing.kind !== 'bound' && login.whoami?.renews === true;
}

/** Whether head or query may name an account, which must then be the session's own. */
function namesSomebody({ admission, context, login }: SessionExchange): boolean {
  return (context.query !== null && login.guard.queryEquals.size > 0) || admission.headers.has('authorization');
}

/** Refuses what names another account than `name`, before the app is asked anything. */
function refuseOthers({ admission, context, login }: SessionExchange, name: string | null): void {
  const { query } = context;
  const misplaced = query === null || login.guard.queryEquals.size === 0 ? null : checkQueryEquals(login, query, name);
  if (misplaced !== null) throw new SallyportError('credentials-misplaced', misplaced);
  const authorization = authorizationEdit(admission.app, login, name);
  for (const value of admission.headers.all('authorization')) authorization(value);
}

/** Makes what crosses with the requests of sessions: at once where all is known, which is nearly always. */
export class SessionPassages {
  readonly #ctx: BindingContext;
  readonly #jars: SessionJars;
  readonly #prover: Prover;

  constructor(ctx: BindingContext, jars: SessionJars, prover: Prover) {
    this.#ctx = ctx;
    this.#jars = jars;
    this.#prover = prover;
  }

  of(admission: Admission<'session'>, context: ExchangeContext, read?: Read): Passage | Promise<Passage> {
    const { session } = admission;
    if (session === null) throw new SallyportError('internal', 'a session without one');
    const login = boundLogin(admission.app);
    // Refused before anybody is asked anything.
    const scanner = context.upgrade ? null : scannerFor(admission);
    const back = context.upgrade ? null : backEdit(admission, context.origin);
    const scan = inTurn(back, scanner);
    const exchange: SessionExchange = { admission, session, context, login, scan, resized: back !== null };
    if (scan === null) return this.#begin(read === undefined ? exchange : { ...exchange, read });
    if (read !== undefined) return this.#beginRead(exchange, scan, read);
    if (back === null) return this.#begin(exchange);
    context.wantBody();
    return readToMap(admission.request).then((first) => this.#beginRead(exchange, scan, first));
  }

  async #beginRead(exchange: SessionExchange, scan: BodyEdit, read: Read): Promise<Passage> {
    return this.#begin({ ...exchange, read: await judgedSoFar(scan, read) });
  }

  #begin(exchange: SessionExchange): Passage | Promise<Passage> {
    const { admission, session } = exchange;
    if (!namesSomebody(exchange)) return this.#onJar(exchange);
    const known = knownNameAtApp(admission.app, session);
    return soon(known === undefined ? nameAtApp(this.#ctx.store, admission.app, session) : known, (name) => {
      refuseOthers(exchange, name);
      return this.#onJar(exchange);
    });
  }

  #onJar(exchange: SessionExchange): Passage | Promise<Passage> {
    const { admission, session, context } = exchange;
    const jar = this.#jars.of(admission, session, context.jarVersion);
    return soon(jar, (loaded) => this.#with(exchange, loaded));
  }

  #with(exchange: SessionExchange, jar: Jar): Passage | Promise<Passage> {
    if (jar.busy) return whenFree(jar).then(() => this.#onJar(exchange));
    if (exchange.context.upgrade) refuseBeforeSignIn(exchange.login, jar);
    const anew = this.#signsInAgain(exchange, jar);
    if (showsAnybody(exchange, jar) || !this.#prover.isDue(jar, exchange, anew)) return this.#proven(exchange, jar);
    const { scan, read } = exchange;
    if (scan !== null && read === undefined && jar.standing.kind !== 'bound') return this.#readFirst(exchange, scan);
    return soon(this.#prover.check(jar, exchange, anew), () => this.#named(exchange, jar));
  }

  /** What its body has to be refused for is refused before the app is asked whose cookies there are. */
  async #readFirst(exchange: SessionExchange, scan: BodyEdit): Promise<Passage> {
    exchange.context.wantBody();
    const read = await judgedSoFar(scan, await readLoginBody(exchange.admission.request));
    return this.#onJar({ ...exchange, read });
  }

  /**
   * Somebody who is signed in opens the sign-in page: the app's session may be over, which the app knows. If it is, the page's
   * cookies belong to the next sign-in; if not, that begins with fresh ones.
   */
  #signsInAgain({ admission, context, login }: SessionExchange, jar: Jar): boolean {
    return context.navigation && jar.standing.kind === 'bound' && isSurface(admission, login);
  }

  /** After a wait. */
  #named(exchange: SessionExchange, jar: Jar): Passage | Promise<Passage> {
    if (jar.busy) return whenFree(jar).then(() => this.#onJar(exchange));
    // Whatever was waited for, other cookies may have come meanwhile.
    if (!showsAnybody(exchange, jar) && this.#prover.isUnknown(jar, jar)) return this.#onJar(exchange);
    return this.#proven(exchange, jar);
  }

  /** Nothing of the jar has changed since it was looked at whose its cookies are. */
  #proven(exchange: SessionExchange, jar: Jar): Passage | Promise<Passage> {
    const { admission, session, login } = exchange;
    if (this.#needsName(exchange, jar) && knownNameAtApp(admission.app, session) === undefined)
      return nameAtApp(this.#ctx.store, admission.app, session).then(() => this.#onJar(exchange));
    return this.#make(exchange, jar, login);
  }

  #needsName({ admission, context, login }: SessionExchange, jar: Jar): boolean {
    return (context.navigation && this.#mayFill(login, jar)) || admission.headers.has('authorization');
  }

  #mayFill(login: BoundLogin, jar: Jar): boolean {
    return jar.standing.kind === 'open' && isFilled(login);
  }

  #make(exchange: SessionExchange, jar: Jar, login: BoundLogin): Passage {
    const { admission, session, context, read } = exchange;
    const { app, method, target } = admission;
    const name = knownNameAtApp(app, session) ?? null;
    const ownOrigin = context.upgrade && seesOwnOrigin(login, jar, exchange);
    return new JarPassage(this.#ctx, {
      admission,
      login,
      jar,
      origin: context.origin,
      suffix: context.suffix,
      authorization: authorizationEdit(app, login, name),
      fill: context.navigation && method === 'GET' && this.#mayFill(login, jar) ? name : null,
      scan: exchange.scan,
      resized: exchange.resized,
      ...(read === undefined ? {} : { read }),
      navigation: context.navigation,
      logout:
        isAt(login, login.logout, target) && isLogout(login, parseTarget(target, app.target, Number.POSITIVE_INFINITY)),
      ownOrigin,
      cookies: () => NO_COOKIES,
      prove: (status, stood) =>
        mayShowForm(exchange, jar, status) ? undefined : this.#prover.checkStood(jar, exchange, stood),
      unproven: (cookies) => this.#prover.isUnknown(jar, cookies),
    });
  }
}

/** Whom the app is not known to have signed in has no WebSocket there; the app is not even asked. */
function refuseBeforeSignIn(login: BoundLogin, jar: Jar): void {
  if (login.steps.length > 0 && jar.standing.kind !== 'bound')
    throw new SallyportError('forbidden', 'a WebSocket before the sign-in at the app');
}

/**
 * A WebSocket is opened only once the person is signed in at the app, where that is by a sign-in that we see: some apps take
 * anybody's socket and ask for the password inside, where nobody can look. Answers whether the app is shown its own origin there.
 */
function seesOwnOrigin(login: BoundLogin, jar: Jar, { admission }: SessionExchange): boolean {
  refuseBeforeSignIn(login, jar);
  const rule = webSocketRule(login, pathOf(admission.target));
  if (rule === null) throw new SallyportError('forbidden', 'no WebSocket of this app is at that address');
  return rule !== 'any' && rule.origin === 'upstream';
}
