import type { Deed, Device, Joining } from '../plan/types.ts';

/** How many codes there are when they are new, as the product tells people. */
const NEW_CODES = 10;
/** Wrong codes in a row after which a device is ended (NIST SP 800-63B-4 §3.2.2). */
const ENDS_AT = 100;
const HOUR = 3_600_000;

export interface Owned {
  readonly kind: Device['kind'];
  readonly since: number;
  endedAt: number | null;
  /** When somebody last signed in with it; to be added is none. */
  usedAt: number | null;
}

/** One account, as the plan has it so far. */
export interface Account {
  readonly who: string;
  organisation: string;
  readonly joinedAt: number;
  disabledAt: number | null;
  goneAt: number | null;
  readonly devices: Map<string, Owned>;
  /** null: none were ever made, or all were taken away. */
  codes: number | null;
  /** When one of those codes was last used. */
  codeUsedAt: number | null;
  /** Until when the last link opens; null: there is none that was not used, replaced or taken back. */
  link: number | null;
  signedInAt: number | null;
}

export function joined({ who, organisation }: Joining, at: number): Account {
  const none = { disabledAt: null, goneAt: null, codes: null, codeUsedAt: null, link: null, signedInAt: null };
  return { who, organisation, joinedAt: at, devices: new Map(), ...none };
}

function owns(account: Account, devices: readonly Device[], at: number): void {
  for (const { name, kind } of devices) account.devices.set(name, { kind, since: at, endedAt: null, usedAt: null });
}

function signedIn(account: Account, by: string, at: number): void {
  account.signedInAt = at;
  const device = account.devices.get(by);
  if (device !== undefined) device.usedAt = at;
  if (by !== 'recovery') return;
  account.codes = (account.codes ?? 0) - 1;
  account.codeUsedAt = at;
}

function newCodes(account: Account): void {
  account.codes = NEW_CODES;
  account.codeUsedAt = null;
}

/** What a step makes of the account that it is about. */
export function happened(account: Account, deed: Deed, at: number): void {
  switch (deed.do) {
    case 'invite':
      account.link = at + deed.hours * HOUR;
      break;
    case 'uninvite':
      account.link = null;
      break;
    case 'enrol':
      account.link = null;
      owns(account, deed.devices, at);
      newCodes(account);
      account.signedInAt = at;
      break;
    case 'enrol-half':
      account.link = null;
      owns(account, deed.devices, at);
      break;
    case 'sign-in':
    case 'visit':
      signedIn(account, deed.by, at);
      break;
    case 'add':
      signedIn(account, deed.by, at);
      owns(account, [deed.device], at);
      if (account.codes === null || account.codes === 0) newCodes(account);
      break;
    case 'drop':
      signedIn(account, deed.by, at);
      account.devices.delete(deed.name);
      break;
    case 'remove-device':
      account.devices.delete(deed.name);
      break;
    case 'rename': {
      signedIn(account, deed.by, at);
      const device = account.devices.get(deed.by);
      account.devices.delete(deed.by);
      if (device !== undefined) account.devices.set(deed.to, device);
      break;
    }
    case 'new-codes':
      signedIn(account, deed.by, at);
      newCodes(account);
      break;
    case 'mistype': {
      const device = account.devices.get(deed.by);
      if (deed.nth === ENDS_AT && device !== undefined) device.endedAt = at;
      break;
    }
    case 'disable':
      account.disabledAt = at;
      account.link = null;
      break;
    case 'enable':
      account.disabledAt = null;
      break;
    case 'leave':
      account.goneAt = at;
      account.devices.clear();
      account.codes = null;
      account.link = null;
      break;
    case 'move':
      if (deed.organisation !== account.organisation) account.link = null;
      account.organisation = deed.organisation;
      break;
    default:
  }
}
