import { Agent, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createProxyMiddleware } from 'http-proxy-middleware';
import type { AppConfig } from '../config/types.ts';
import { SallyportError } from '../errors.ts';
import { Admission } from '../gate/admission.ts';
import type { Clock } from '../lib/clock.ts';
import { serverNameOf, trustOf } from './connect.ts';
import { passing } from './cookies.ts';
import { handshakeHeaders } from './handshake.ts';
import type { Passage } from './passage.ts';
import { Tunnel } from './tunnel.ts';

export interface Upgrader {
  /**
   * Sends an admitted opening handshake to its app and joins the two sockets. Returns at once.
   * Throws, with nothing sent and the socket untouched: `internal` for an admission that was spent before or an unknown
   * app; `bad-headers` for anything but a WebSocket handshake. Later faults are answered on the socket, which is closed.
   */
  forwardUpgrade(admission: Admission<'session'>, socket: Duplex, head: Buffer, passage?: Passage): void;
  /** Open tunnels and handshakes. */
  readonly open: number;
  /** Ends all of them, telling each client that the server goes away (RFC 6455 §7.4.1, 1001). */
  destroy(): void;
}

type Carry = (request: IncomingMessage, socket: Socket, head: Buffer) => void;
type Tunnels = WeakMap<IncomingMessage, Tunnel>;

/** SNI and verification by the upstream's own name; Node would take the Host field's, which is the client's. */
function agentFor(app: AppConfig): Agent {
  if (!app.upstream.origin.startsWith('https:')) return new Agent({ keepAlive: false });
  return new TlsAgent({ keepAlive: false, servername: serverNameOf(app.upstream.origin) ?? '', ...trustOf(app) });
}

/** Without its plugins, the library does nothing of its own accord: no listener on the server, no error page, no log. */
function carrierFor(app: AppConfig, tunnels: Tunnels): Carry {
  const middleware = createProxyMiddleware({
    target: app.upstream.origin,
    agent: agentFor(app),
    ws: false,
    xfwd: false,
    changeOrigin: false,
    ejectPlugins: true,
    // `on:` is itself a plugin, and ejected with the others.
    plugins: [
      (proxy) => {
        proxy.on('proxyReqWs', (outgoing: ClientRequest, request: IncomingMessage) =>
          tunnels.get(request)?.carry(outgoing),
        );
        proxy.on('error', (error: Error, request?: IncomingMessage) => {
          if (request !== undefined) tunnels.get(request)?.failed(error);
        });
      },
    ],
  });
  return middleware.upgrade;
}

/** Builds the way of upgrades for these apps. A reload builds another and lets the tunnels of the old one live on. */
export function createUpgrader(apps: readonly AppConfig[], clock: Clock): Upgrader {
  const tunnels: Tunnels = new WeakMap();
  const carriers = new Map(apps.map((app) => [app, carrierFor(app, tunnels)]));
  const open = new Set<Tunnel>();
  return {
    forwardUpgrade(admission, socket, head, passage = passing) {
      if (!Admission.spend(admission, ['session']))
        throw new SallyportError('internal', 'an admission is good for one request');
      const carry = carriers.get(admission.app);
      if (carry === undefined) throw new SallyportError('internal', `no upstream for app ${admission.app.id}`);
      const headers = handshakeHeaders(admission, passage);
      if (socket.destroyed) return;
      const { request } = admission;
      const tunnel = new Tunnel(admission, socket, { clock, passage, done: () => open.delete(tunnel) });
      if (tunnel.ended) return;
      open.add(tunnel);
      tunnels.set(request, tunnel);
      request.headers = headers;
      // The library writes the head of a 101 without saying in what encoding; its octets are ours to keep.
      socket.setDefaultEncoding('latin1');
      request.url = passage.target?.(admission.target) ?? admission.target;
      try {
        carry(request, socket as Socket, head); // an upgrade's socket is a net.Socket or tls.TLSSocket
      } catch (error) {
        tunnel.failed(error);
      }
      // The library takes a few microtasks; when it then has not begun, it never will, and would leave the socket open.
      setImmediate(() => tunnel.requireCarried());
    },
    get open() {
      return open.size;
    },
    destroy() {
      for (const tunnel of [...open]) tunnel.goAway();
    },
  };
}
