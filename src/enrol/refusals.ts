import { SallyportError } from '../errors.ts';
import { PERIOD } from '../factors/totp.ts';

/** The code fits the new secret, at another time than ours. Told while enrolling only; it accepts nothing. */
export class ClockSkew extends SallyportError {
  /** How far the phone's clock is ahead, in seconds; negative: behind. */
  readonly seconds: number;

  constructor(steps: number) {
    super('wrong-credentials', `the phone's clock is off by ${steps} steps`);
    this.name = 'ClockSkew';
    this.seconds = steps * PERIOD;
  }

  override get publicMessage(): string {
    const minutes = Math.max(1, Math.round(Math.abs(this.seconds) / 60));
    const off = `${minutes} ${minutes === 1 ? 'minute' : 'minutes'} ${this.seconds > 0 ? 'ahead' : 'behind'}`;
    return `The clock of your phone seems to be about ${off}. Set it to automatic time and type the next code.`;
  }
}

/** The owner may not remove the last authenticator that works: the account would be left on a password alone. */
export class LastAuthenticator extends SallyportError {
  constructor() {
    super('conflict', 'the last working authenticator stays');
    this.name = 'LastAuthenticator';
  }

  override get publicMessage(): string {
    return 'This is the last authenticator that works for your account. Add another one before you remove it.';
  }
}

/** Each authenticator app adds to what a guess may hit (three codes at a time); a few of a kind are enough for anybody. */
export class TooManyAuthenticators extends SallyportError {
  readonly kind: 'totp' | 'passkey';

  constructor(kind: 'totp' | 'passkey') {
    super('conflict', `the account has as many authenticators of kind ${kind} as it may have`);
    this.name = 'TooManyAuthenticators';
    this.kind = kind;
  }

  override get publicMessage(): string {
    const what = this.kind === 'totp' ? 'authenticator apps' : 'passkeys';
    return `Your account has as many ${what} as it may have. Remove one before you add another.`;
  }
}

/** A credential belongs to one account (WebAuthn L3 §7.1 step 26). The answer is the same whichever account has it. */
export class PasskeyKnown extends SallyportError {
  constructor() {
    super('conflict', 'the credential is registered already');
    this.name = 'PasskeyKnown';
  }

  override get publicMessage(): string {
    return 'This passkey is registered already. Sign in with it, or add another one from a different device or security key.';
  }
}
