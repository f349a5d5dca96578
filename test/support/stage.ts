import type { Browser, BrowserContext, BrowserContextOptions, CDPSession, Page } from 'playwright-core';
import { addAccount, issueTicket } from './manage.ts';
import { PASSWORD, totp } from './person.ts';
import { freePort } from './process.ts';
import { type Sallyport, type SallyportOptions, startSallyport } from './sallyport.ts';
import { answer } from './upstream.ts';

/** What Chromium simulates (Chrome DevTools Protocol, WebAuthn domain). */
export interface Device {
  readonly transport?: 'internal' | 'usb' | 'nfc' | 'ble' | 'hybrid';
  /** Verifies its person (fingerprint, PIN). */
  readonly uv?: boolean;
  readonly synced?: boolean;
  readonly resident?: boolean;
}

/** One person at one browser, with the devices that are plugged into it. */
export class Desk {
  readonly stage: Stage;
  readonly context: BrowserContext;
  readonly page: Page;
  readonly cdp: CDPSession;
  /** What went wrong in the page itself. */
  readonly complaints: string[] = [];

  constructor(stage: Stage, context: BrowserContext, page: Page, cdp: CDPSession) {
    this.stage = stage;
    this.context = context;
    this.page = page;
    this.cdp = cdp;
    page.setDefaultTimeout(8000);
    page.on('pageerror', (error) => this.complaints.push(String(error)));
  }

  /** Plugs a device in; its id at the protocol. */
  async plug(device: Device = {}): Promise<string> {
    const uv = device.uv ?? true;
    const { authenticatorId } = await this.cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: device.transport ?? 'internal',
        hasResidentKey: device.resident ?? true,
        hasUserVerification: uv,
        isUserVerified: uv,
        automaticPresenceSimulation: true,
        defaultBackupEligibility: device.synced ?? false,
        defaultBackupState: device.synced ?? false,
      },
    });
    return authenticatorId;
  }

  /** Whether the person touches the device when it asks. */
  async touches(authenticatorId: string, enabled: boolean): Promise<void> {
    await this.cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled });
  }

  go(path: string): Promise<unknown> {
    return this.page.goto(`${this.stage.origin}${path}`);
  }

  press(name: string | RegExp): Promise<void> {
    return this.page.getByRole('button', { name }).first().click();
  }

  /** Settles when a page with this heading is shown. */
  async at(heading: string | RegExp): Promise<void> {
    await this.page.locator('h1', { hasText: heading }).waitFor();
  }

  /** From an enrolment link to the choice of a way to sign in. */
  async invited(name: string): Promise<void> {
    await this.go(`/.sallyport/enrol/${await this.stage.ticket(name)}`);
    await this.press('Start');
    if (this.stage.sally.config.realms.get('staff')?.source === 'local') {
      for (const field of ['#password', '#again']) await this.page.fill(field, PASSWORD);
      await this.press('Continue');
    }
    await this.at('Choose how to confirm');
  }

  async enrolKey(name: string): Promise<void> {
    await this.invited(name);
    await this.press(/Set up a passkey/);
    await this.at('Your first way to sign in is ready');
    await this.finish(/just one way/);
  }

  /** The recovery codes, then the app. */
  async finish(button: RegExp): Promise<string[]> {
    await this.press(button);
    await this.at('Save your recovery codes');
    const codes = await this.page.locator('.codes code').allInnerTexts();
    await this.page.getByRole('link', { name: /portal/ }).click();
    await this.at('The app');
    return codes;
  }

  /** Adds an authenticator app in an enrolment; its secret. */
  async scan(): Promise<string> {
    await this.at('Connect your authenticator app');
    const secret = (await this.page.locator('.key').innerText()).replace(/\s/g, '');
    await this.page.fill('#code', this.stage.code(secret));
    await this.press('Confirm');
    return secret;
  }

  async signOut(): Promise<void> {
    await this.go('/.sallyport/account');
    await this.press('Sign out here');
    await this.at('Signed out');
  }

  /** Name and password, up to the second step. */
  async first(name: string, next = '/'): Promise<void> {
    await this.go(`/.sallyport/sign-in?next=${encodeURIComponent(next)}`);
    await this.page.fill('#account', name);
    if ((await this.page.locator('#password').count()) > 0) await this.page.fill('#password', PASSWORD);
    await this.press('Continue');
  }
}

/** A real Sallyport at an address that a browser can type, with passkeys. */
export class Stage {
  readonly sally: Sallyport;
  readonly origin: string;
  readonly #browser: Browser;

  constructor(sally: Sallyport, browser: Browser) {
    this.sally = sally;
    this.origin = sally.origin;
    this.#browser = browser;
  }

  /** The code that a phone shows. */
  code(secret: string, steps = 0): string {
    return totp(secret, Math.floor(this.sally.clock.now() / 30_000) + steps);
  }

  async ticket(name: string): Promise<string> {
    const { manage } = this.sally;
    if ((await manage.store.accounts.byName('staff', name)) === undefined)
      await addAccount(manage, { name, realm: 'staff' });
    return (await issueTicket(manage, name, {}, 'staff')).secret;
  }

  /** A browser of its own; works under the language of the pages, English. Runs the work and closes it. */
  async desk(
    work: (desk: Desk) => Promise<void>,
    options: Pick<BrowserContextOptions, 'javaScriptEnabled' | 'timezoneId'> = {},
  ): Promise<void> {
    const context = await this.#browser.newContext({
      viewport: { width: 390, height: 800 },
      locale: 'en-GB',
      ...options,
    });
    try {
      const page = await context.newPage();
      const cdp = await context.newCDPSession(page);
      await cdp.send('WebAuthn.enable', { enableUI: false });
      await work(new Desk(this, context, page, cdp));
    } finally {
      await context.close();
    }
  }
}

/** Starts Sallyport at http://localhost and a free port. Close `sally` after use. */
export async function startStage(browser: Browser, options: SallyportOptions = {}): Promise<Stage> {
  const sally = await startSallyport({ host: 'localhost', port: await freePort(), ...options });
  const page = '<!doctype html><html lang="en"><title>App</title><link rel="icon" href="data:,"><h1>The app</h1>';
  sally.upstream.on('*', answer(page, '200 OK', ['Content-Type: text/html; charset=utf-8']));
  return new Stage(sally, browser);
}
