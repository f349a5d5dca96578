import type { IncomingMessage, ServerResponse } from 'node:http';
import { SallyportError } from '../errors.ts';
import { Admission, type Streamed } from '../gate/admission.ts';
import type { Clock } from '../lib/clock.ts';
import type { Place } from '../lib/linked.ts';
import { HeaderFields } from '../request/fields.ts';
import { linesWithout } from '../request/lines.ts';
import type { Opening } from '../sessions/openings.ts';
import type { Session } from '../sessions/session.ts';
import { passing } from './cookies.ts';
import { cut } from './cut.ts';
import { isBreak, upstreamFailure } from './failures.ts';
import { flushAnswerHead, writeAnswerHead } from './head.ts';
import { type OutboundHead, REQUEST_ID, requestHeaders } from './headers.ts';
import type { Connection } from './http1/connection.ts';
import type { AnswerHead } from './http1/fields.ts';
import { lend } from './http1/slabs.ts';
import type { Control, Outgoing } from './http1/types.ts';
import type { Lanes, OutboundRequest } from './lanes.ts';
import type { BodyEdit, InboundHead, Passage } from './passage.ts';
import { isBodiless, responseHeaders } from './response-headers.ts';
import { Upload } from './upload.ts';
import type { Upstream, Upstreams } from './upstreams.ts';
import type { Watched } from './watch.ts';

export interface ForwardHooks {
  /** Where what is open without a session is registered, to be cut when it would not be admitted any more. */
  readonly openings?: Pick<Session, 'onEnd'>;
  /** What crosses besides; default: everything that may. */
  readonly passage?: Passage;
  /** Gives a request that is sent once more an id of its own: two of one id would be a replay to whoever reads the app's log. */
  again?(): string;
  /** Called at most once, and only while nothing of the answer has been sent: show the page for this error. */
  fail(error: SallyportError): void;
}

export interface Forwarding {
  readonly upstreams: Upstreams;
  readonly clock: Clock;
}

const STREAMED: readonly Streamed[] = ['session', 'exemption', 'surface'];

/**
 * Sends an admitted request to its app and the app's answer to the client, both streamed. All that is sent comes from
 * the admission: the request, the judged target, the app. Returns at once.
 * Throws, with nothing sent: `internal` for an admission that was spent before or an unknown app; `bad-headers`.
 */
export function forward(
  admission: Admission<Streamed>,
  res: ServerResponse,
  by: Forwarding,
  hooks: ForwardHooks,
): void {
  if (!Admission.spend(admission, STREAMED))
    throw new SallyportError('internal', 'an admission is good for one request');
  const head = requestHeaders(admission, hooks.passage);
  const { request } = admission;
  // Gone while we judged: an upstream request now would hold a connection for nobody (attacks F10).
  if (res.destroyed || request.socket.destroyed || (request.destroyed && !request.complete)) return;
  const hop = new Hop(admission, res, by, hooks);
  if (!hop.ended) hop.send(head);
}

/** What changes nothing however often it is sent (RFC 9110 §9.2.1), as far as everybody keeps to it. */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Interim answers to one request; more of them are no progress. */
const MAX_INTERIM = 1000;

/** A body that is changed on its way has another length. */
const LENGTH: ReadonlySet<string> = new Set(['content-length']);

/** Up to this size a copy is cheaper than a second buffer in a write, bytes. */
const SMALL = 4096;

/**
 * One request on its way and its answer on the way back. Every callback ends in `#end` on a fault: nothing thrown here
 * may reach the event loop (attacks F11).
 */
class Hop implements Watched, OutboundRequest {
  idle = 0;
  limit: number;
  ended = false;
  lane: Connection | null = null;
  readonly #admission: Admission;
  readonly #request: IncomingMessage;
  readonly #res: ServerResponse;
  readonly #upstream: Upstream;
  /** Where it waits, or goes by. */
  #lanes: Lanes;
  readonly #by: Forwarding;
  readonly #hooks: ForwardHooks;
  readonly #passage: Passage;
  readonly #watched: Pick<Place<Watched>, 'leave'>;
  readonly #opening: Opening | undefined;
  readonly #unregisterPassage: (() => void) | undefined;
  #edit: BodyEdit | null = null;
  /** What arrives while the head waits to be settled; null: nothing waits. */
  #waiting: (() => void)[] | null = null;
  #control: Control | null = null;
  #body: Upload | null = null;
  /** What is sent, while it may be sent once more. */
  #again: Outgoing | null = null;
  /** The app has the whole request. */
  #sent = false;
  #interim = 0;
  #headSent = false;
  /** The head is still to be written, by itself or with the first piece. */
  #headWaits = false;
  #complete = false;
  /** Bytes of the answer still to come, or null when unknown. */
  #left: number | null = null;
  #idleLimit = Number.POSITIVE_INFINITY;
  /** Set while nothing more can be written. */
  #onDrain: (() => void) | null = null;

  constructor(admission: Admission, res: ServerResponse, by: Forwarding, hooks: ForwardHooks) {
    this.#admission = admission;
    this.#request = admission.request;
    this.#res = res;
    this.#upstream = by.upstreams.get(admission.app);
    this.#lanes = this.#upstream.lanes;
    this.#by = by;
    this.#hooks = hooks;
    this.#passage = hooks.passage ?? passing;
    this.limit = this.#startLimit();
    this.#watched = this.#upstream.watch.add(this);
    res.on('close', this.#clientClosed);
    this.#opening = (admission.session ?? hooks.openings)?.onEnd(this.#cut, admission);
    this.#unregisterPassage = this.#passage.onEnd?.(() => this.#superseded());
    if (this.ended) this.#unregisterAll();
  }

  /** The client's body for the app. */
  #upload(): Upload {
    const { scan, read } = this.#passage;
    return new Upload(this.#request, {
      onChunk: () => this.#uploaded(),
      onRefused: (error) => this.#fail(error),
      ...(scan == null ? {} : { scan }),
      ...(read === undefined ? {} : { read }),
    });
  }

  /** For a free connection and the connecting. */
  #startLimit(): number {
    const { connectTimeoutMs, firstByteTimeoutMs } = this.#admission.app.upstream;
    return this.#upstream.watch.ticks(connectTimeoutMs + firstByteTimeoutMs);
  }

  /** Sends it; once. */
  send({ headers, body }: OutboundHead): void {
    const { session, method, target } = this.#admission;
    if (body) this.#body = this.#upload();
    const path = this.#passage.target?.(target) ?? target;
    const outgoing: Outgoing = { method, path, headers, body: this.#body };
    if (this.#body === null && SAFE.has(method)) this.#again = outgoing;
    // Nobody in particular has no connections of their own to go by.
    if (this.#upstream.exclusive && session === null) this.#lanes = this.#upstream.single;
    this.#lanes.dispatch(session?.id ?? '', outgoing, this);
  }

  refuse(error: SallyportError): void {
    this.#fail(error);
  }

  expire(): void {
    if (this.#headSent || (this.#control !== null && !this.#sent)) this.#abandon('stood still for too long');
    else if (this.#sent) this.#fail(new SallyportError('upstream-timeout', 'no answer in time'));
    else this.#fail(new SallyportError('upstream-timeout', 'no connection to the upstream became free in time'));
  }

  onRequestStart(control: Control): void {
    this.#control = control;
    this.idle = 0;
    const { idleTimeoutMs, connectTimeoutMs } = this.#admission.app.upstream;
    this.limit = this.#upstream.watch.ticks(this.#body === null ? connectTimeoutMs : idleTimeoutMs);
  }

  onRequestSent(): void {
    this.#sent = true;
    if (this.#headSent) return;
    this.idle = 0;
    // For the head of the last answer: interim ones do not put it off.
    this.limit = this.#upstream.watch.ticks(this.#admission.app.upstream.firstByteTimeoutMs);
  }

  onResponseStart(control: Control, head: AnswerHead): void {
    if (this.ended) return;
    try {
      // Interim answers are dropped: early hints are advice, and our client asked for no other (RFC 9110 §15.2).
      if (head.status < 200) this.#takeInterim(head);
      else this.#start(control, head);
    } catch (error) {
      this.#fail(asUnusable(error));
    }
  }

  /** A cookie that an interim answer sets is a cookie (RFC 6265 §3). */
  #takeInterim({ raw }: AnswerHead): void {
    this.#again = null;
    if (++this.#interim > MAX_INTERIM) throw new SallyportError('upstream-invalid', 'interim answers without end');
    for (const cookie of HeaderFields.of(raw).all('set-cookie')) this.#passage.inbound(cookie);
  }

  #start(control: Control, { status, reason, raw }: AnswerHead): void {
    const { method, session } = this.#admission;
    const passage = this.#passage;
    const head = responseHeaders(raw, {
      method,
      status,
      session: session !== null,
      passage,
      requested: this.#admission,
    });
    const settling = passage.settle?.({ status, raw });
    if (settling === undefined) {
      this.#begin(head, status, reason);
      return;
    }
    control.pause();
    this.#waiting = [];
    this.limit = Number.POSITIVE_INFINITY;
    settling.then(
      (cookies) => {
        for (const cookie of cookies) head.headers.push('Set-Cookie', cookie);
        this.#settled(control, head, status, reason);
      },
      (error: unknown) => this.#fail(asUnusable(error)),
    );
  }

  /** What the answer brings is kept, and whose it is is known: it may go on. */
  #settled(control: Control, head: InboundHead, status: number, reason: string): void {
    if (this.ended) return;
    try {
      const waiting = this.#waiting ?? [];
      this.#waiting = null;
      this.#begin(head, status, reason);
      for (const arrived of waiting) arrived();
      this.onResponseRead();
      if (!this.ended) control.resume();
    } catch (error) {
      this.#fail(asUnusable(error));
    }
  }

  #begin(head: InboundHead, status: number, reason: string): void {
    const { app } = this.#admission;
    const bodiless = isBodiless(this.#admission.method, status);
    this.#edit = bodiless ? null : (this.#passage.edit?.(head, status) ?? null);
    const headers = this.#edit === null ? head.headers : linesWithout(head.headers, LENGTH);
    writeAnswerHead(this.#res, status, reason, headers);
    this.#headSent = true;
    this.#headWaits = true;
    this.#left = this.#edit === null ? head.length : null;
    this.idle = 0;
    const { idleTimeoutMs, streamTimeoutMs } = app.upstream;
    this.#idleLimit = this.#upstream.watch.ticks(head.eventStream ? streamTimeoutMs : idleTimeoutMs);
    this.limit = this.#idleLimit;
  }

  onResponseData(control: Control, chunk: Buffer): void {
    if (this.ended || this.#complete) return;
    if (this.#waiting !== null) {
      const kept = Buffer.from(chunk);
      this.#waiting.push(() => this.onResponseData(control, kept));
      return;
    }
    this.idle = 0;
    if (this.#left !== null) {
      this.#left -= chunk.length;
      if (this.#left === 0) {
        this.#complete = true;
        // Head, piece and end in one write; as one string, since Node joins its head only to strings.
        if (chunk.length <= SMALL) this.#res.end(chunk.toString('latin1'), 'latin1');
        else {
          this.#write(chunk);
          this.#res.end();
        }
        return;
      }
    }
    // An edit may keep of it what it has not decided about.
    const piece = this.#edit === null ? chunk : this.#edit.push(Buffer.from(chunk));
    if (piece.length === 0 || this.#write(piece)) return;
    control.pause();
    // A film that is paused, say.
    this.idle = 0;
    this.limit = this.#upstream.watch.ticks(this.#admission.app.upstream.streamTimeoutMs);
    if (this.#onDrain !== null) return;
    this.#onDrain = () => this.#drained();
    this.#res.on('drain', this.#onDrain);
  }

  /** A copy, since the bytes are good for now only. False: that is enough for now. */
  #write(bytes: Buffer): boolean {
    this.#headWaits = false;
    const lent = bytes.length <= SMALL ? null : lend(bytes);
    if (lent === null) return this.#res.write(Buffer.from(bytes));
    return this.#res.write(lent.copy, lent.written);
  }

  /** A head whose body is not there yet does not wait for it. */
  onResponseRead(): void {
    if (!this.#headWaits || this.ended || this.#complete) return;
    this.#headWaits = false;
    flushAnswerHead(this.#res);
  }

  onResponseEnd(): void {
    if (this.ended) return;
    if (this.#waiting !== null) {
      this.#waiting.push(() => this.onResponseEnd());
      return;
    }
    if (!this.#headSent) {
      this.#fail(new SallyportError('upstream-invalid', 'an answer ended before it began'));
      return;
    }
    if (this.#edit !== null) this.#res.write(this.#edit.end());
    if (!this.#complete) this.#res.end();
    this.#complete = true;
    this.#end();
  }

  onResponseError(error: Error): void {
    if (this.ended) return;
    if (this.#complete) this.#end();
    else if (this.#headSent) this.#abandon('the upstream broke off');
    else if (!this.#sendAgain(error)) this.#fail(upstreamFailure(error));
  }

  /**
   * An app may close a connection in the moment in which we use it again (RFC 9112 §9.3.1). Then what can do no harm is sent once
   * more, by a connection of its own; never after a byte of an answer.
   */
  #sendAgain(error: Error): boolean {
    const again = this.#again;
    if (again === null || this.lane?.unheard !== true || !isBreak(error)) return false;
    this.#again = null;
    this.lane = null;
    this.#control = null;
    this.#sent = false;
    this.idle = 0;
    this.limit = this.#startLimit();
    this.#lanes = this.#upstream.single;
    this.#lanes.dispatch('', this.#renamed(again), this);
    return true;
  }

  #renamed(outgoing: Outgoing): Outgoing {
    const id = this.#hooks.again?.();
    if (id === undefined) return outgoing;
    const headers = [...outgoing.headers];
    // Names stand at even places: what somebody sent as a value may be called as the field is.
    const at = headers.findIndex((each, i) => i % 2 === 0 && each === REQUEST_ID);
    if (at === -1) return outgoing;
    headers[at + 1] = id;
    return { ...outgoing, headers };
  }

  #drained(): void {
    if (this.ended) return;
    this.idle = 0;
    this.limit = this.#idleLimit;
    this.#control?.resume();
  }

  #uploaded(): void {
    this.idle = 0;
    // Who is sending is not idle, however long it takes.
    this.#admission.session?.active(this.#by.clock.now());
  }

  readonly #clientClosed = (): void => {
    if (this.ended) return;
    if (!this.#complete) this.#abandon('the client went away');
  };

  /** The session ended: not one byte more, not even what the kernel still holds. */
  readonly #cut = (): void => {
    if (this.ended) return;
    cut(this.#request.socket);
    this.#abandon('the session ended');
  };

  /** The cookies that it was sent with are of no generation any more. */
  #superseded(): void {
    if (this.ended) return;
    if (this.#headSent) this.#cut();
    else this.#fail(new SallyportError('conflict', 'signed in anew meanwhile'));
  }

  /** Before the head: our page. What the app sent, if anything, is forgotten. */
  #fail(error: SallyportError): void {
    if (this.ended) return;
    if (this.#headSent) {
      this.#abandon('failed after the head');
      return;
    }
    this.#end();
    this.#abort(error);
    // A head that was refused half-way has left its reason phrase; our page must not carry it.
    this.#res.statusMessage = '';
    try {
      this.#hooks.fail(error);
    } catch {
      this.#request.socket.destroy();
    }
  }

  /** After the head, or with nobody listening: an end that cannot be taken for a clean one (RFC 9112 §8). */
  #abandon(why: string): void {
    this.#end();
    this.#abort(new Error(why));
    this.#request.socket.destroy();
  }

  #abort(reason: Error): void {
    this.#control?.abort(reason);
    this.#body?.destroy();
  }

  #unregisterAll(): void {
    this.#opening?.leave();
    this.#unregisterPassage?.();
  }

  #end(): void {
    this.ended = true;
    this.#watched.leave();
    this.#lanes.leave(this);
    this.#unregisterAll();
    this.#res.off('close', this.#clientClosed);
    if (this.#onDrain !== null) this.#res.off('drain', this.#onDrain);
  }
}

function asUnusable(error: unknown): SallyportError {
  return error instanceof SallyportError ? error : new SallyportError('upstream-invalid', 'unusable head');
}
