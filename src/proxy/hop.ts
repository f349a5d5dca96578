import type { ServerResponse } from 'node:http';
import { SallyportError } from '../errors.ts';
import type { Admission } from '../gate/admission.ts';
import type { Place } from '../lib/linked.ts';
import type { Opening } from '../sessions/openings.ts';
import { isRepeatable, renamed } from './again.ts';
import { AnswerOut } from './answer-out.ts';
import { passing } from './cookies.ts';
import { cut } from './cut.ts';
import { asUnusable, isBreak, upstreamFailure } from './failures.ts';
import type { ForwardHooks, Forwarding } from './forwarding.ts';
import type { OutboundHead } from './headers.ts';
import type { Connection } from './http1/connection.ts';
import type { AnswerHead } from './http1/fields.ts';
import type { Control, Outgoing } from './http1/types.ts';
import type { Lanes, OutboundRequest } from './lanes.ts';
import type { InboundHead, Passage } from './passage.ts';
import { type Upload, uploadOf } from './upload.ts';
import type { Upstream } from './upstreams.ts';
import type { Watched } from './watch.ts';

/**
 * One request on its way and its answer on the way back. Every callback ends in `#end` on a fault: nothing thrown here
 * may reach the event loop (attacks F11).
 */
export class Hop implements Watched, OutboundRequest {
  idle = 0;
  limit: number;
  ended = false;
  lane: Connection | null = null;
  readonly #admission: Admission;
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
  /** What arrives while the head waits to be settled; null: nothing waits. */
  #waiting: (() => void)[] | null = null;
  #control: Control | null = null;
  #body: Upload | null = null;
  /** What is sent, while it may be sent once more. */
  #again: Outgoing | null = null;
  /** The app has the whole request. */
  #sent = false;
  readonly #answer: AnswerOut;
  #idleLimit = Number.POSITIVE_INFINITY;

  constructor(admission: Admission, res: ServerResponse, by: Forwarding, hooks: ForwardHooks) {
    this.#admission = admission;
    this.#res = res;
    this.#upstream = by.upstreams.get(admission.app);
    this.#lanes = this.#upstream.lanes;
    this.#by = by;
    this.#hooks = hooks;
    this.#passage = hooks.passage ?? passing;
    this.#answer = new AnswerOut(res, this.#passage, admission.method);
    this.limit = this.#startLimit();
    this.#watched = this.#upstream.watch.add(this);
    res.on('close', this.#clientClosed);
    this.#opening = (admission.session ?? hooks.openings)?.onEnd(this.#cut, admission);
    this.#unregisterPassage = this.#passage.onEnd?.(() => this.#superseded());
    if (this.ended) this.#leave();
  }

  /** For a free connection and the connecting. */
  #startLimit(): number {
    const { connectTimeoutMs, firstByteTimeoutMs } = this.#admission.app.upstream;
    return this.#upstream.watch.ticks(connectTimeoutMs + firstByteTimeoutMs);
  }

  /** Sends it; once. */
  send({ headers, body }: OutboundHead): void {
    const { session, method, target } = this.#admission;
    if (body)
      this.#body = uploadOf(this.#admission.request, this.#passage, {
        onChunk: () => {
          this.idle = 0;
          // Who is sending is not idle, however long it takes.
          session?.active(this.#by.clock.now());
        },
        onRefused: (error) => this.refuse(error),
      });
    const path = this.#passage.target?.(target) ?? target;
    const outgoing: Outgoing = { method, path, headers, body: this.#body };
    if (isRepeatable(outgoing)) this.#again = outgoing;
    // Nobody in particular has no connections of their own to go by.
    if (this.#upstream.exclusive && session === null) this.#lanes = this.#upstream.single;
    this.#lanes.dispatch(session?.id ?? '', outgoing, this);
  }

  expire(): void {
    if (this.#answer.headSent || (this.#control !== null && !this.#sent)) this.#abandon('stood still for too long');
    else if (this.#sent) this.refuse(new SallyportError('upstream-timeout', 'no answer in time'));
    else this.refuse(new SallyportError('upstream-timeout', 'no connection to the upstream became free in time'));
  }

  onRequestStart(control: Control): void {
    this.#control = control;
    this.idle = 0;
    const { idleTimeoutMs, connectTimeoutMs } = this.#admission.app.upstream;
    this.limit = this.#upstream.watch.ticks(this.#body === null ? connectTimeoutMs : idleTimeoutMs);
  }

  onRequestSent(): void {
    this.#sent = true;
    if (this.#answer.headSent) return;
    this.idle = 0;
    // For the head of the last answer: interim ones do not put it off.
    this.limit = this.#upstream.watch.ticks(this.#admission.app.upstream.firstByteTimeoutMs);
  }

  onResponseStart(control: Control, head: AnswerHead): void {
    if (this.ended) return;
    try {
      // Interim answers are dropped: early hints are advice, and our client asked for no other (RFC 9110 §15.2).
      if (head.status < 200) {
        this.#again = null;
        this.#answer.interim(head);
      } else this.#start(control, head);
    } catch (error) {
      this.refuse(asUnusable(error));
    }
  }

  #start(control: Control, { status, reason, raw }: AnswerHead): void {
    const head = this.#answer.headOf(raw, status, this.#admission);
    const settling = this.#passage.settle?.({ status, raw });
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
      (error: unknown) => this.refuse(asUnusable(error)),
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
      this.refuse(asUnusable(error));
    }
  }

  #begin(head: InboundHead, status: number, reason: string): void {
    this.#answer.begin(head, status, reason);
    this.idle = 0;
    const { idleTimeoutMs, streamTimeoutMs } = this.#admission.app.upstream;
    this.#idleLimit = this.#upstream.watch.ticks(head.eventStream ? streamTimeoutMs : idleTimeoutMs);
    this.limit = this.#idleLimit;
  }

  onResponseData(control: Control, chunk: Buffer): void {
    if (this.ended || this.#answer.complete) return;
    if (this.#waiting !== null) {
      const kept = Buffer.from(chunk);
      this.#waiting.push(() => this.onResponseData(control, kept));
      return;
    }
    this.idle = 0;
    if (this.#answer.piece(chunk)) return;
    control.pause();
    // A film that is paused, say.
    this.idle = 0;
    this.limit = this.#upstream.watch.ticks(this.#admission.app.upstream.streamTimeoutMs);
    this.#answer.drained(() => this.#drained());
  }

  onResponseRead(): void {
    if (!this.ended) this.#answer.flush();
  }

  onResponseEnd(): void {
    if (this.ended) return;
    if (this.#waiting !== null) {
      this.#waiting.push(() => this.onResponseEnd());
      return;
    }
    if (!this.#answer.headSent) {
      this.refuse(new SallyportError('upstream-invalid', 'an answer ended before it began'));
      return;
    }
    this.#answer.end();
    this.#end();
  }

  onResponseError(error: Error): void {
    if (this.ended) return;
    if (this.#answer.complete) this.#end();
    else if (this.#answer.headSent) this.#abandon('the upstream broke off');
    else if (!this.#sendAgain(error)) this.refuse(upstreamFailure(error));
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
    this.#lanes.dispatch('', renamed(again, this.#hooks.again?.()), this);
    return true;
  }

  #drained(): void {
    if (this.ended) return;
    this.idle = 0;
    this.limit = this.#idleLimit;
    this.#control?.resume();
  }

  readonly #clientClosed = (): void => {
    if (!this.ended && !this.#answer.complete) this.#abandon('the client went away');
  };

  /** The session ended: not one byte more, not even what the kernel still holds. */
  readonly #cut = (): void => {
    if (this.ended) return;
    cut(this.#admission.request.socket);
    this.#abandon('the session ended');
  };

  /** The cookies that it was sent with are of no generation any more. */
  #superseded(): void {
    if (this.ended) return;
    if (this.#answer.headSent) this.#cut();
    else this.refuse(new SallyportError('conflict', 'signed in anew meanwhile'));
  }

  /** Before the head: our page. What the app sent, if anything, is forgotten. */
  refuse(error: SallyportError): void {
    if (this.ended) return;
    if (this.#answer.headSent) {
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
      this.#admission.request.socket.destroy();
    }
  }

  /** After the head, or with nobody listening: an end that cannot be taken for a clean one (RFC 9112 §8). */
  #abandon(why: string): void {
    this.#end();
    this.#abort(new Error(why));
    this.#admission.request.socket.destroy();
  }

  #abort(reason: Error): void {
    this.#control?.abort(reason);
    this.#body?.destroy();
  }

  #leave(): void {
    this.#opening?.leave();
    this.#unregisterPassage?.();
  }

  #end(): void {
    this.ended = true;
    this.#watched.leave();
    this.#lanes.leave(this);
    this.#leave();
    this.#res.off('close', this.#clientClosed);
    this.#answer.leave();
  }
}
