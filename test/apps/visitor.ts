import { type Answer, type Ask, Client, get } from './client.ts';
import type { Front } from './guarded.ts';
import { Phone } from './phone.ts';
import type { Account, Product } from './product.ts';

/** Somebody at a browser without opinions, with or without an account. */
export class Visitor extends Client {
  readonly product: Product;
  phone: Phone | undefined;

  constructor(front: Front, product: Product, phone?: Phone) {
    super(front);
    this.product = product;
    this.phone = phone;
  }

  /** From the link of a ticket to a session and recovery codes. */
  async enrol(link: string): Promise<void> {
    await this.own('/.sallyport/enrol', { ticket: link.slice(link.lastIndexOf('/') + 1) });
    const { secret } = JSON.parse(await this.own('/.sallyport/enrol/totp')) as { secret: string };
    const step = Phone.step() - 1;
    const setUp = new Phone(secret, step, []);
    await this.own('/.sallyport/enrol/totp/confirm', { code: setUp.code().code });
    const { recovery_codes: codes } = JSON.parse(await this.own('/.sallyport/enrol/finish')) as {
      recovery_codes: string[];
    };
    this.phone = new Phone(secret, step + 1, codes);
  }

  /** Name and factor at Sallyport; from then on a session. */
  async signIn(name: string): Promise<void> {
    await this.own('/.sallyport/sign-in', { account: name });
    await this.factor();
  }

  /** The second factor of this person; where to go on. */
  async factor(): Promise<string> {
    if (this.phone === undefined) throw new Error('nobody without a phone has a code');
    const { way, code } = this.phone.code();
    const { next } = JSON.parse(await this.own(`/.sallyport/sign-in/${way}`, { code })) as { next: string };
    return next;
  }

  /** The same person at another browser, or in front of another door. */
  another(front: Front = this.front): Visitor {
    return new Visitor(front, this.product, this.phone);
  }

  /** Sends the product's login as somebody; what came of it. */
  async logIn(account: Account, change: (ask: Ask) => Ask = (ask) => ask): Promise<Answer> {
    return this.ask(change(await this.product.attempt(this, account)));
  }

  /** Whom the product takes this browser for; null: nobody. */
  async who(account: Account = this.product.mine): Promise<string | null> {
    const { inside } = this.product;
    const asked = inside.ask === undefined ? get(inside.target) : await inside.ask(this, account);
    return inside.name(await this.ask(asked));
  }
}
