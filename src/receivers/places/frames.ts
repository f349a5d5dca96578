import { hostname } from 'node:os';
import type { Item, Parcel } from '../types.ts';

/** RFC 5424 §6.2.1: facility 13 is "log audit". */
const FACILITY = 13;
/** RFC 5424 §6.2.1: informational, warning, error. */
const SEVERITY = { ok: 6, refused: 4, failed: 3 } as const;
/** RFC 5612: the enterprise number for examples. Sallyport has none of its own. */
const SD_ID = 'sallyport@32473';

/** RFC 5424 §6: printable US-ASCII without spaces, of so many characters at most; `-` where nothing is left. */
function word(text: string, most: number): string {
  const plain = text.replace(/[^\x21-\x7e]/g, '').slice(0, most);
  return plain === '' ? '-' : plain;
}

/** RFC 5424 §6.3.3: `"`, `\` and `]` are escaped. */
const quoted = (text: string) => text.replace(/["\\\]]/g, '\\$&').replace(/[^\x20-\x7e]/g, '?');

/** JSON in US-ASCII: the same value, that no receiver can read in another encoding. */
const ascii = (json: string) =>
  json.replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

function dataOf({ index, seq, kind }: Item, log: string): string {
  const place = kind === 'checkpoint' ? ` size="${index}"` : seq === null ? '' : ` index="${index}" seq="${seq}"`;
  return `[${SD_ID} log="${quoted(log)}"${place}]`;
}

/** An item as a message of RFC 5424 §6. `host`: name of this machine. */
export function messageOf(item: Item, log: string, host: string): string {
  const head = `<${FACILITY * 8 + SEVERITY[item.outcome]}>1 ${new Date(item.at).toISOString()}`;
  return `${head} ${word(host, 255)} sallyport - ${word(item.kind, 32)} ${dataOf(item, log)} ${ascii(item.text)}`;
}

/** The messages of a parcel, each after its length in bytes (RFC 5425 §4.3). */
export function framesOf({ items, log }: Parcel): Buffer {
  const host = hostname();
  const frames = items.map((item) => {
    const message = messageOf(item, log, host);
    return `${Buffer.byteLength(message)} ${message}`;
  });
  return Buffer.from(frames.join(''));
}
