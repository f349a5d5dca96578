import { request, startSallyport } from './installation.ts';
import {
  answering,
  COLLECTABLE,
  forgetPeak,
  heldMb,
  type Load,
  pause,
  peakMb,
  residentMb,
  type Side,
  stop,
} from './rig.ts';

export interface Memory {
  readonly idleMb: number;
  /** Idle, once the garbage of the start is gone. */
  readonly heldMb: number;
  /** After many requests: what V8 keeps for the speed of it. */
  readonly warmMb: number;
  readonly sessions: number;
  /** What the sessions hold: all in memory, each has asked once, tokens that nobody uses and garbage are gone. */
  readonly sessionsMb: number;
  readonly bytes: number;
  /** Peak over what was resident before, and how fast it went. */
  readonly upload: { readonly mb: number; readonly mbPerSecond: number };
  readonly download: { readonly mb: number; readonly mbPerSecond: number };
}

/** Highest reading within some seconds: what the process has, not what it gives back later. */
async function settled(pid: number): Promise<number> {
  await pause(1500);
  return residentMb(pid);
}

function transferHead(kind: 'upload' | 'download', bytes: number, cookie: string): string {
  if (kind === 'download') return request(`/download/${bytes}`, cookie);
  return request('/upload', cookie)
    .replace(/^GET/, 'POST')
    .replace('\r\n\r\n', `\r\nContent-Type: application/octet-stream\r\nContent-Length: ${bytes}\r\n\r\n`);
}

type Idle = Pick<Memory, 'idleMb' | 'heldMb' | 'upload' | 'download'>;

async function idleAndTransfers(load: Load, folder: string, upstream: Side, bytes: number): Promise<Idle> {
  const ours = await startSallyport('Sallyport', folder, {
    upstreamPort: upstream.port,
    sessions: 1,
    nodeFlags: COLLECTABLE,
  });
  const pid = ours.process.pid ?? 0;
  const cookie = ours.cookies[0] ?? '';
  const move = async (kind: 'upload' | 'download'): Promise<Memory['upload']> => {
    const before = await settled(pid);
    forgetPeak(pid);
    const ms = await load.transfer({ kind, port: ours.port, request: transferHead(kind, bytes, cookie), bytes });
    return { mb: peakMb(pid) - before, mbPerSecond: bytes / 1e3 / ms };
  };
  try {
    await answering(ours.port, request('/100', cookie), load);
    const idleMb = await settled(pid);
    const held = await heldMb(ours);
    const [upload, download] = [await move('upload'), await move('download')];
    return { idleMb, heldMb: held, upload, download };
  } finally {
    await stop(ours.process);
  }
}

async function manySessions(
  load: Load,
  folder: string,
  upstream: Side,
  wish: { readonly sessions: number; readonly settleMs: number },
): Promise<Pick<Memory, 'warmMb' | 'sessionsMb'>> {
  const ours = await startSallyport('Sallyport', folder, {
    upstreamPort: upstream.port,
    sessions: wish.sessions,
    nodeFlags: COLLECTABLE,
  });
  const pid = ours.process.pid ?? 0;
  const requests = ours.cookies.map((each) => request('/100', each));
  const one = { port: ours.port, requests: requests.slice(0, 1), connections: 64 };
  try {
    await answering(ours.port, requests[0] ?? '', load);
    await load.rate({ ...one, ms: 60_000, count: wish.sessions });
    const warmMb = await settled(pid);
    const before = await heldMb(ours);
    const touched = await load.rate({ ...one, requests, ms: 120_000, count: requests.length });
    if (touched.faults > 0 || touched.answers < requests.length)
      throw new Error(`${touched.faults} of ${touched.answers} first requests of a session failed`);
    await load.rate({ ...one, ms: wish.settleMs });
    return { warmMb, sessionsMb: (await heldMb(ours)) - before };
  } finally {
    await stop(ours.process);
  }
}

/** What Sallyport needs when nobody asks, during a large transfer each way, and with many sessions. */
export async function memory(
  load: Load,
  folder: string,
  upstream: Side,
  wish: { readonly sessions: number; readonly bytes: number; readonly settleMs: number },
): Promise<Memory> {
  const idle = await idleAndTransfers(load, folder, upstream, wish.bytes);
  const many = await manySessions(load, folder, upstream, wish);
  return { ...idle, ...many, sessions: wish.sessions, bytes: wish.bytes };
}
