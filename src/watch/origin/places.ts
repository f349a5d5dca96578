/** One address of an app that is asked. */
export interface Place {
  /** As the operator wrote it. */
  readonly named: string;
  /** http or https origin. */
  readonly origin: string;
}

const NETWORK = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)(?::(\d+))?$/;

/** Every address of a small IPv4 network, that of the network and that of all included: somebody may use them. */
function hostsOf(network: RegExpExecArray): string[] {
  const [a = 0, b = 0, c = 0, d = 0, bits = 32] = network.slice(1).map(Number);
  const size = 2 ** (32 - bits);
  const first = (((a << 24) | (b << 16) | (c << 8) | d) >>> 0) - (d % size);
  return Array.from({ length: size }, (_, i) => [24, 16, 8, 0].map((shift) => ((first + i) >>> shift) & 255).join('.'));
}

/** A bare host at the ports of the web and at that of the upstream, a port in both schemes. */
function originsOf(host: string, port: string | undefined, upstreamPort: string): string[] {
  if (port !== undefined) return [`https://${host}:${port}`, `http://${host}:${port}`];
  const usual = [`https://${host}`, `http://${host}`];
  return upstreamPort === '' ? usual : [...usual, `https://${host}:${upstreamPort}`, `http://${host}:${upstreamPort}`];
}

/** What is asked at an address of `ways_past.addresses`. `upstream`: origin of the app's upstream. */
export function placesOf(named: string, upstream: string): readonly Place[] {
  if (named.includes('://')) return [{ named, origin: named }];
  const { port: upstreamPort } = new URL(upstream);
  const network = NETWORK.exec(named);
  const [, host = named, port] = /^(\[[^\]]*\]|[^:]+)(?::(\d+))?$/.exec(named) ?? ['', `[${named}]`];
  const found =
    network === null
      ? originsOf(host, port, upstreamPort)
      : hostsOf(network).flatMap((each) => originsOf(each, network[6], upstreamPort));
  return found.map((origin) => ({ named, origin: new URL(origin).origin }));
}
