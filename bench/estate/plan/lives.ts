import type { Dice } from './dice.ts';
import { APPS, type AppId, DAY, type Deed, type Device, type Joining } from './types.ts';

const HOUR = 3_600_000;
/** People do things by day; nights are for what concerns all. */
const [MORNING, EVENING] = [7 * HOUR, 19 * HOUR];

/** What happens to one person, put down one thing after the other. */
export class Life {
  readonly #dice: Dice;
  readonly #put: (at: number, deed: Deed) => void;
  readonly who: string;
  organisation: string;
  #at: number;
  #devices: Device[] = [];
  #made = 0;

  constructor(dice: Dice, { who, organisation }: Joining, at: number, put: (at: number, deed: Deed) => void) {
    this.#dice = dice;
    this.#put = put;
    this.who = who;
    this.organisation = organisation;
    this.#at = at;
  }

  #deed(deed: Deed): void {
    this.#put(this.#at, deed);
  }

  /** Goes on so many days later, by day; 0: the same day or, where that is over, the next morning. */
  later(least: number, most: number): this {
    const day = Math.floor(this.#at / DAY) * DAY + this.#dice.between(least, most + 1) * DAY;
    const hour = day + MORNING + this.#dice.between(0, EVENING - MORNING);
    this.#at = hour > this.#at ? hour : this.#at + this.#dice.between(1, 20) * 60_000;
    return this;
  }

  #app(): AppId {
    return this.#dice.one(APPS);
  }

  #device(kind: Device['kind']): Device {
    this.#made += 1;
    const synced = kind === 'passkey' && this.#dice.chance(0.6);
    return { name: `${kind === 'totp' ? 'phone' : 'passkey'} ${this.#made}`, kind, synced };
  }

  #kinds(): readonly Device['kind'][] {
    const roll = this.#dice.roll();
    if (roll < 0.45) return ['passkey'];
    return roll < 0.85 ? ['totp'] : ['totp', 'passkey'];
  }

  /** The name of a device that the person has. */
  #own(): string {
    const [first, ...rest] = this.#devices;
    if (first === undefined) throw new Error(`${this.who} has nothing to sign in with`);
    return this.#dice.one([first, ...rest]).name;
  }

  invite(hours: number): void {
    this.#deed({ do: 'invite', who: this.who, hours });
  }

  uninvite(): void {
    this.#deed({ do: 'uninvite', who: this.who });
  }

  /** Uses the link soon after it was issued. */
  enrol(): void {
    this.enrolWith(this.#kinds());
  }

  enrolWith(kinds: readonly Device['kind'][]): void {
    this.#at += this.#dice.between(10, 300) * 60_000;
    const devices = kinds.map((kind) => this.#device(kind));
    this.#deed({ do: 'enrol', who: this.who, app: this.#app(), devices });
    this.#devices.push(...devices);
  }

  /** Opens the link and goes away, with what was added by then, or with nothing. */
  enrolHalf(kinds: readonly Device['kind'][]): void {
    this.#at += this.#dice.between(10, 300) * 60_000;
    const devices = kinds.map((kind) => this.#device(kind));
    this.#deed({ do: 'enrol-half', who: this.who, app: this.#app(), devices });
    this.#devices.push(...devices);
  }

  signIn(): void {
    this.#deed({ do: 'sign-in', who: this.who, app: this.#app(), by: this.#own() });
  }

  /** Uses the app whose own log is read. */
  visit(): void {
    this.#deed({ do: 'visit', who: this.who, app: 'rota', by: this.#own() });
  }

  goPast(times: number): void {
    this.#deed({ do: 'go-past', who: this.who, times });
  }

  add(): void {
    const device = this.#device(this.#dice.one(['totp', 'passkey']));
    this.#deed({ do: 'add', who: this.who, app: this.#app(), by: this.#own(), device });
    this.#devices.push(device);
  }

  rename(): void {
    const by = this.#own();
    const to = `${by} (old)`;
    this.#deed({ do: 'rename', who: this.who, app: this.#app(), by, to });
    this.#devices = this.#devices.map((device) => (device.name === by ? { ...device, name: to } : device));
  }

  newCodes(): void {
    this.#deed({ do: 'new-codes', who: this.who, app: this.#app(), by: this.#own() });
  }

  mistype(): void {
    const by = this.#devices.find(({ kind }) => kind === 'totp');
    if (by !== undefined) this.#deed({ do: 'mistype', who: this.who, app: this.#app(), by: by.name, nth: 1 });
  }

  /** Loses every device but the last that was added, and removes what was lost by what is left. */
  clearOut(): void {
    const kept = this.#devices.at(-1);
    if (kept === undefined) return;
    for (const { name } of this.#devices.slice(0, -1)) {
      this.#deed({ do: 'drop', who: this.who, app: this.#app(), by: kept.name, name });
      this.#at += 60 * 60_000;
    }
    this.#devices = [kept];
  }

  /** Signs in with a recovery code, adds what is new with another, and removes what was lost. */
  recover(): void {
    this.#deed({ do: 'sign-in', who: this.who, app: this.#app(), by: 'recovery' });
    this.#at += 30 * 60_000;
    const device = this.#device('totp');
    this.#deed({ do: 'add', who: this.who, app: this.#app(), by: 'recovery', device });
    this.#devices.push(device);
    this.#at += 60 * 60_000;
    this.clearOut();
  }

  /** Whose devices are all gone, and who has codes left, signs in with one and adds a device. */
  comeBack(): void {
    this.#deed({ do: 'sign-in', who: this.who, app: this.#app(), by: 'recovery' });
    this.#at += 30 * 60_000;
    const device = this.#device('passkey');
    this.#deed({ do: 'add', who: this.who, app: this.#app(), by: 'recovery', device });
    this.#devices.push(device);
  }

  /** The help desk removes everything, as its owner asks. */
  lose(): void {
    for (const { name } of this.#devices) {
      this.#deed({ do: 'remove-device', who: this.who, name });
      this.#at += 60_000;
    }
    this.#devices = [];
  }

  /** Somebody at a known browser tries until the device is ended. */
  tryUntilEnded(): void {
    const by = this.#devices.find(({ kind }) => kind === 'totp');
    if (by === undefined) return;
    const app = this.#app();
    this.#deed({ do: 'sign-in', who: this.who, app, by: by.name });
    for (let nth = 1; nth <= 100; nth += 1) {
      this.#at += 61 * 60_000;
      this.#deed({ do: 'mistype', who: this.who, app, by: by.name, nth });
    }
    this.#at += 61 * 60_000;
    // It is the person's still, and signs in no more.
    this.#devices = this.#devices.filter(({ name }) => name !== by.name);
  }

  revoke(): void {
    this.#deed({ do: 'revoke', who: this.who });
  }

  disable(): void {
    this.#deed({ do: 'disable', who: this.who });
  }

  enable(): void {
    this.#deed({ do: 'enable', who: this.who });
  }

  leave(): void {
    this.#deed({ do: 'leave', who: this.who });
  }

  move(to: string): void {
    this.#deed({ do: 'move', who: this.who, organisation: to });
    this.organisation = to;
  }
}
