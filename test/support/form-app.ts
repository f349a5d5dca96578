import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A request as an app received it. */
export interface Received {
  readonly method: string;
  readonly target: string;
  /** Names and values in turn, as they came off the wire. */
  readonly lines: readonly string[];
  readonly body: string;
}

/** An app that shows one page at every address, and keeps what it is sent. */
export class FormApp {
  readonly received: Received[] = [];
  /** What it shows, as somebody asked for. */
  page: (request: IncomingMessage) => string = () => '';
  /** More lines of its answers. */
  lines: readonly [string, string][] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const { method = '', url = '', rawHeaders } = request;
      const body = String(await buffer(request));
      this.received.push({ method, target: url, lines: rawHeaders, body });
      response.writeHead(200, ['Content-Type', 'text/html', ...this.lines.flat()]);
      response.end(this.page(request));
    });
  }

  static async start(): Promise<FormApp> {
    const app = new FormApp();
    await new Promise<void>((resolve) => app.#server.listen(0, '127.0.0.1', resolve));
    return app;
  }

  get origin(): string {
    const { port } = this.#server.address() as AddressInfo; // a TCP server's address is never a string
    return `http://127.0.0.1:${port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
