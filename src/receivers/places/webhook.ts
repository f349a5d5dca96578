import { createHmac } from 'node:crypto';
import { webhookSecret } from '../../config/record-places.ts';
import type { ReceiverPlace } from '../../config/record-types.ts';
import type { Clock } from '../../lib/clock.ts';
import { VERSION } from '../../lib/version.ts';
import { NotTaken, type Parcel, type Place } from '../types.ts';
import { Poster } from './http.ts';
import { fileText } from './tls.ts';

type Webhook = Extract<ReceiverPlace, { readonly kind: 'webhook' }>;

/** Of an answer, bytes: what it says is of no interest, but a connection is only kept once it has been read. */
const MAX_ANSWER = 16_384;

function secretOf({ secret, secretFile }: Webhook): Buffer {
  const text = secret ?? (secretFile === null ? '' : fileText('secret file', secretFile, 0o007)).replace(/\r?\n$/, '');
  const bytes = webhookSecret(text);
  if (bytes === undefined) throw new NotTaken('secret file holds no secret');
  return bytes;
}

/** Standard Webhooks 1.0.0, "Signature scheme": HMAC-SHA-256 over `ID.TIMESTAMP.BODY`. `seconds`: since 1970. */
export function signatureOf(secret: Buffer, id: string, seconds: number, body: string): string {
  return `v1,${createHmac('sha256', secret).update(`${id}.${seconds}.${body}`).digest('base64')}`;
}

/** The body of a message: what it is about stands in `data`. The same at each try. */
export function bodyOf({ type, log, from, to, items }: Parcel): string {
  const timestamp = new Date(items.at(-1)?.at ?? 0).toISOString();
  const head = JSON.stringify({ type, timestamp, data: { log, from, to } });
  // The items are JSON already.
  return `${head.slice(0, -2)},"items":[${items.map(({ text }) => text).join(',')}]}}`;
}

/** A webhook by Standard Webhooks 1.0.0. Whatever is answered with 2xx was taken; a redirect was not. */
export function webhook(place: Webhook, clock: Clock): Place {
  const poster = new Poster(place);
  return {
    async send(parcel, signal) {
      const body = bodyOf(parcel);
      const seconds = Math.floor(clock.now() / 1000);
      const headers = {
        'content-type': 'application/json',
        'user-agent': `Sallyport/${VERSION}`,
        'webhook-id': parcel.id,
        'webhook-timestamp': String(seconds),
        'webhook-signature': signatureOf(secretOf(place), parcel.id, seconds, body),
      };
      const { status } = await poster.post({ url: place.url, headers, body, most: MAX_ANSWER }, signal);
      if (status < 200 || status > 299) throw new NotTaken(`answered ${status}`);
    },
    close: () => poster.close(),
  };
}
