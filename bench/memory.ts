import { request, startSallyport } from './installation.ts';
import { answering, forgetPeak, type Load, pause, peakMb, residentMb, type Side, stop } from './rig.ts';

export interface Memory {
  readonly idleMb: number;
  /** After many requests of one session: what V8 keeps for the speed of it. */
  readonly warmMb: number;
  readonly sessions: number;
  /** More than warm with all sessions in memory, each of which has asked once; tokens that nobody uses are gone. */
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

/** What Sallyport needs when nobody asks, during a large transfer each way, and with many sessions. */
export async function memory(
  load: Load,
  folder: string,
  upstream: Side,
  wish: { readonly sessions: number; readonly bytes: number; readonly settleMs: number },
  nodeFlags: readonly string[] = [],
): Promise<Memory> {
  const ours = await startSallyport('Sallyport', folder, {
    upstreamPort: upstream.port,
    sessions: wish.sessions,
    nodeFlags,
  });
  const pid = ours.process.pid ?? 0;
  const cookie = ours.cookies[0] ?? '';
  try {
    await answering(ours.port, request('/100', cookie), load);
    const idleMb = await settled(pid);
    const moved: { mb: number; mbPerSecond: number }[] = [];
    for (const kind of ['upload', 'download'] as const) {
      const before = residentMb(pid);
      forgetPeak(pid);
      const ms = await load.transfer({
        kind,
        port: ours.port,
        request: transferHead(kind, wish.bytes, cookie),
        bytes: wish.bytes,
      });
      moved.push({ mb: peakMb(pid) - before, mbPerSecond: wish.bytes / 1e3 / ms });
      await pause(300);
    }
    const [upload, download] = moved;
    if (upload === undefined || download === undefined) throw new Error('a transfer is missing');
    const one = { port: ours.port, requests: [request('/100', cookie)], connections: 64 };
    await load.rate({ ...one, ms: 60_000, count: wish.sessions });
    const warmMb = await settled(pid);
    const requests = ours.cookies.map((each) => request('/100', each));
    const touched = await load.rate({ ...one, requests, ms: 120_000, count: requests.length });
    if (touched.faults > 0 || touched.answers < requests.length)
      throw new Error(`${touched.faults} of ${touched.answers} first requests of a session failed`);
    await load.rate({ ...one, ms: wish.settleMs });
    const sessionsMb = (await settled(pid)) - warmMb;
    return { idleMb, warmMb, sessions: wish.sessions, sessionsMb, bytes: wish.bytes, upload, download };
  } finally {
    await stop(ours.process);
  }
}
