import type { Probe, ProbeClass } from './types.ts';

/** Below it nothing of an app is listed, and nothing is ours. */
export const INSIDE = '/sallyport-canary/inside';

export interface Shape {
  readonly method?: string;
  readonly target?: string;
  readonly version?: string;
  readonly host?: readonly string[];
  readonly fields?: readonly string[];
  readonly body?: string;
  /** The connection is not said to end. */
  readonly open?: true;
}

/** Makes the probes of one app. */
export class Maker {
  readonly #host: string;
  readonly probes: Probe[] = [];

  constructor(host: string) {
    this.#host = host;
  }

  add(name: ProbeClass, shape: Shape): void {
    const { method = 'GET', target = INSIDE, version = 'HTTP/1.1', fields = [], body = '' } = shape;
    const host = shape.host ?? [`Host: ${this.#host}`];
    const close = shape.open === true ? [] : ['Connection: close'];
    const line = `${method} ${target} ${version}`;
    this.probes.push({
      class: name,
      method,
      line,
      fields: ['Sallyport-Canary: {token}', ...host, ...fields, ...close],
      body,
    });
  }

  /** A second request, hidden in what belongs to the first. */
  get smuggled(): string {
    return `GET ${INSIDE} HTTP/1.1\r\nHost: ${this.#host}\r\nSallyport-Canary: {token}\r\nConnection: close\r\n\r\n`;
  }
}
