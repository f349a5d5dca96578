import type { OwnActivity } from '../../enrol/types.ts';
import { type Proof, type Way, waysOf } from '../../evidence.ts';
import { deviceOf } from '../../lib/device.ts';
import { type Html, html } from '../../lib/html.ts';
import type { Words } from '../words/shape.ts';
import type { Frame } from './frame.ts';

/** A moment (ms) for people, in their language and with its time zone named: `3 Mar 2026, 14:05 GMT`. */
export function momentText(frame: Frame, ms: number): string {
  return new Intl.DateTimeFormat(frame.words.locale, {
    timeZone: frame.timeZone,
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  }).format(ms);
}

/** The same, marked up. */
export function moment(frame: Frame, ms: number): Html {
  return html`<time datetime="${new Date(ms).toISOString()}">${momentText(frame, ms)}</time>`;
}

/** Seconds as a person would say them, rounded up: `30 seconds`, `2 minutes`, `3 hours`. */
export function duration(words: Words, seconds: number): string {
  const whole = Math.max(1, Math.ceil(seconds));
  const [count, unit] =
    whole < 60
      ? ([whole, 'second'] as const)
      : whole < 5400
        ? ([Math.ceil(whole / 60), 'minute'] as const)
        : ([Math.ceil(whole / 3600), 'hour'] as const);
  return new Intl.NumberFormat(words.locale, { style: 'unit', unit, unitDisplay: 'long' }).format(count);
}

/** What a session was signed in to with, in plain words: `password and one-time code`. */
export function waysInWords({ locale, account }: Words, proofs: readonly Proof[]): string {
  const names: Readonly<Record<Way, string>> = {
    password: account.methodPassword,
    totp: account.methodCode,
    recovery: account.methodRecovery,
    passkey: account.methodPasskey,
  };
  return new Intl.ListFormat(locale, { type: 'conjunction' }).format(waysOf(proofs).map((way) => names[way]));
}

/** Browser and system out of a User-Agent, as far as a person needs to recognise their own device. */
export function deviceInWords({ account }: Words, userAgent: string): string {
  const { browser, system } = deviceOf(userAgent);
  if (browser !== undefined && system !== undefined) return account.deviceOn({ browser, system });
  return browser ?? system ?? account.unknownDevice;
}

const LOOPBACK = /^(?:127\.|::1$)/;
const PRIVATE = /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)/i;

/**
 * Where an address is, roughly: enough to tell home from elsewhere, without spelling out an address that a person behind
 * the same screen could note down. We ask nobody where an address is.
 */
export function placeInWords({ account }: Words, source: string): string {
  const address = source.replace(/^::ffff:(?=\d+\.)/i, '');
  if (LOOPBACK.test(address)) return account.thisComputer;
  if (PRIVATE.test(address)) return account.privateNetwork;
  const v4 = /^(\d+\.\d+\.\d+)\.\d+$/.exec(address);
  if (v4 !== null) return `${v4[1]}.x`;
  const [first = '', second = ''] = address.split(':');
  return `${[first, second].filter((group) => group !== '').join(':')}:…`;
}

/** A line of the record in plain words. Kinds that have none of their own are told in general. */
export function activityInWords({ activity }: Words, { kind, outcome }: OwnActivity): string {
  const table: Readonly<Record<string, string>> = outcome === 'ok' ? activity.done : activity.failed;
  return (Object.hasOwn(table, kind) ? table[kind] : table['other']) ?? '';
}
