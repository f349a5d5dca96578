import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { ReceiverPlace } from '../../config/record-types.ts';
import { NotTaken, notTaken, type Place } from '../types.ts';
import { framesOf } from './frames.ts';
import { Records } from './records.ts';
import { tlsOf } from './tls.ts';

type Syslog = Extract<ReceiverPlace, { readonly kind: 'syslog' }>;

/** A receiver has nothing to say but TLS; more than this is none, bytes. */
const MAX_HEARD = 262_144;
/** So long after the end, in round trips and at most, ms, a reset of what was sent before it may still come. */
const TRIPS = 3;
const MOST_GRACE_MS = 2_000;
const LEAST_GRACE_MS = 20;

/**
 * What TLS is spoken over: the connection itself, but that its sending half stays open when TLS has ended. So that something
 * can be asked of it afterwards.
 */
function linkOver(raw: Socket, records: Records): Duplex {
  let heard = 0;
  const link = new Duplex({
    read: () => void raw.resume(),
    write: (bytes: Buffer, _encoding, done) => void raw.write(bytes, done),
    final: (done) => done(),
  });
  raw.on('data', (bytes) => {
    heard += bytes.length;
    records.pass(bytes);
    if (heard > MAX_HEARD) raw.destroy(new NotTaken('it talks without end'));
    else if (!link.push(bytes)) raw.pause();
  });
  raw.on('end', () => void link.push(null));
  return link;
}

/** Waits for the connection; how long the way there and back takes, ms. */
async function reached(raw: Socket): Promise<number> {
  const begun = performance.now();
  await new Promise<void>((resolve, reject) => {
    raw.once('connect', resolve);
    raw.on('error', reject);
    raw.once('close', () => reject(new NotTaken('connection lost')));
  });
  return performance.now() - begun;
}

/** Sends all of it, ends TLS, and waits until the other end has closed the connection. */
function handedOver(raw: Socket, secure: TLSSocket, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    secure.once('secureConnect', () => void secure.end(bytes));
    secure.on('error', reject);
    secure.resume();
    raw.on('error', reject);
    raw.on('close', () => reject(new NotTaken('connection lost')));
    raw.on('end', () => {
      if (secure.writableFinished) resolve();
      else reject(new NotTaken('closed before it had read everything'));
    });
  });
}

/**
 * Whether the other end had read everything when it closed. What comes to a closed connection, or lies there unread, is
 * answered with a reset (RFC 9293 §3.10.7.1, §3.6.1), after which nothing can be written: so a byte more is written, to
 * nobody.
 */
async function hadRead(raw: Socket, tripMs: number): Promise<void> {
  await sleep(Math.min(MOST_GRACE_MS, LEAST_GRACE_MS + TRIPS * tripMs));
  await new Promise<void>((resolve, reject) => {
    raw.on('error', reject);
    raw.write(Buffer.alloc(1), (error) => (error == null ? resolve() : reject(error)));
  });
}

/**
 * A receiver of RFC 5424 messages over TLS (RFC 5425). Syslog knows no acknowledgement: a connection carries one parcel, and
 * the parcel was taken when the receiver has read the end of TLS and closed the connection with nothing unread. RFC 5425 §4.4
 * wants it to end TLS too; of one that has done so once, a connection that closes without it is one whose process died.
 */
export function syslog(place: Syslog): Place {
  let endsTls = false;
  return {
    async send(parcel, signal) {
      if (signal.aborted) throw new NotTaken('took too long');
      const { host, port } = place;
      const raw = connectTcp({ host, port, allowHalfOpen: true, noDelay: true });
      const cut = () => void raw.destroy(new NotTaken('took too long'));
      signal.addEventListener('abort', cut);
      try {
        const tls = tlsOf(place);
        const tripMs = await reached(raw);
        const name = isIP(host) === 0 ? { servername: host } : { host };
        const records = new Records();
        const secure = connectTls({ ...tls, ...name, socket: linkOver(raw, records) });
        await handedOver(raw, secure, framesOf(parcel));
        if (endsTls && !records.endedByAlert) throw new NotTaken('closed without ending TLS');
        await hadRead(raw, tripMs);
        endsTls ||= records.endedByAlert;
      } catch (error) {
        throw signal.aborted ? new NotTaken('took too long') : notTaken(error);
      } finally {
        signal.removeEventListener('abort', cut);
        raw.on('error', () => {}); // what is told after that is nobody's concern
        raw.destroy();
      }
    },
    close() {},
  };
}
