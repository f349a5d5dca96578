import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { Exchange, UpgradeExchange } from './exchange.ts';
import type { Listener } from './listener.ts';
import type { ServerParts } from './parts.ts';
import { StepContext } from './steps/context.ts';
import { type Pipeline, walk } from './steps/run.ts';
import { requestPipeline, upgradePipeline } from './steps/table.ts';

/** The first door: every request and every upgrade comes through here and takes the way of steps/table.ts. */
export class Server {
  readonly #parts: ServerParts;
  readonly #ctx: StepContext;
  readonly #requests: Pipeline<Exchange>;
  readonly #upgrades: Pipeline<UpgradeExchange>;

  constructor(parts: ServerParts) {
    this.#parts = parts;
    this.#ctx = new StepContext(parts);
    this.#requests = requestPipeline(this.#ctx);
    this.#upgrades = upgradePipeline(this.#ctx);
  }

  attach(listener: Listener): void {
    listener.on('request', (request, response) => this.#onRequest(request, response, false));
    // Node would say `100 Continue` before anything is decided; so it is said by us, once the request is admitted.
    listener.on('checkContinue', (request, response) => this.#onRequest(request, response, true));
    listener.on('upgrade', (request, socket, ahead) => this.#onUpgrade(request, socket, ahead));
  }

  /** The rules have changed, or an exemption may have expired: what is open by them is judged again. */
  rejudge(): void {
    this.#ctx.openings.rejudge((about) => this.#parts.standing(undefined, about));
  }

  #onRequest(request: IncomingMessage, response: ServerResponse, waits: boolean): void {
    const line = this.#parts.accessLog.begin(request, response);
    walk(this.#requests, new Exchange(request, response, this.#parts.live(), { line, waits }));
  }

  #onUpgrade(request: IncomingMessage, socket: Duplex, ahead: Buffer): void {
    socket.on('error', () => socket.destroy());
    walk(this.#upgrades, new UpgradeExchange(request, socket, this.#parts.live(), ahead));
  }
}
