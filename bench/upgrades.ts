import { request, startSallyport } from './installation.ts';
import { answering, COLLECTABLE, heldMb, type Load, median, type Side, stop } from './rig.ts';

export interface Upgrades {
  /** Messages of 100 B that come back in a second, over 64 connections: straight to the app, and through Sallyport. */
  readonly direct: number;
  readonly through: number;
  /** Of neighbouring rounds, median. */
  readonly ratio: number;
  readonly idle: number;
  /** kB for each idle connection, without garbage. */
  readonly idleKb: number;
}

const CONNECTIONS = 64;

/** The opening handshake of somebody who is signed in. */
export function handshake(cookie: string): string {
  return request('/socket', cookie)
    .replace('Connection: keep-alive', 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13')
    .replace('\r\n\r\n', '\r\nOrigin: http://localhost\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n');
}

/** What upgraded connections cost: messages a second against the app itself, and memory for those that say nothing. */
export async function upgrades(
  load: Load,
  folder: string,
  upstream: Side,
  wish: { readonly rounds: number; readonly ms: number; readonly idle: number },
): Promise<Upgrades> {
  const ours = await startSallyport('Sallyport', folder, {
    upstreamPort: upstream.port,
    sessions: 1,
    nodeFlags: COLLECTABLE,
  });
  const cookie = ours.cookies[0] ?? '';
  const [plain, guarded] = [handshake('none').replace(/; __Host[^\r]*/, ''), handshake(cookie)];
  try {
    await answering(ours.port, request('/100', cookie), load);
    const order = { connections: CONNECTIONS, ms: wish.ms };
    const rounds: { direct: number; through: number }[] = [];
    for (let round = 0; round < wish.rounds + 1; round += 1) {
      const direct = await load.frames({ ...order, port: upstream.port, request: plain });
      rounds.push({ direct, through: await load.frames({ ...order, port: ours.port, request: guarded }) });
    }
    const counted = rounds.slice(1);
    const before = await heldMb(ours);
    await load.frames({ port: ours.port, request: guarded, connections: wish.idle, ms: 0 });
    const idleKb = (((await heldMb(ours)) - before) * 1024) / wish.idle;
    return {
      direct: median(counted.map(({ direct }) => direct)),
      through: median(counted.map(({ through }) => through)),
      ratio: median(counted.map(({ direct, through }) => through / direct)),
      idle: wish.idle,
      idleKb,
    };
  } finally {
    await stop(ours.process);
  }
}
