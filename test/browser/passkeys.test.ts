import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { PASSWORD } from '../support/person.ts';
import type { SallyportOptions } from '../support/sallyport.ts';
import { type Desk, type Device, type Stage, startStage } from '../support/stage.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

/** A test with a Sallyport of its own. */
function staged(name: string, work: (stage: Stage) => Promise<void>, options: SallyportOptions = {}): void {
  test(name, async () => {
    const stage = await startStage(browser, options);
    try {
      await work(stage);
    } finally {
      await stage.sally.close();
    }
  });
}

async function evidence(desk: Desk): Promise<string[]> {
  const session = await desk.page.evaluate(() => fetch('/.sallyport/session').then((answer) => answer.json()));
  // A cast: the contract of that address.
  return (session as { evidence: { amr: string[] } }).evidence.amr;
}

/** From the page that follows a recovery code, which says how many are left, to the app. */
async function goesOn(desk: Desk, left: number): Promise<void> {
  await desk.at('You used a recovery code');
  await desk.page.getByText(`Unused codes: ${left}`, { exact: true }).waitFor();
  await desk.page.getByRole('link', { name: 'Continue', exact: true }).click();
  await desk.at('The app');
}

const DEVICES: readonly (readonly [name: string, device: Device, amr: readonly string[]])[] = [
  ['a platform passkey', { transport: 'internal' }, ['hwk', 'mfa', 'user']],
  ['a synced passkey', { transport: 'internal', synced: true }, ['mfa', 'swk', 'user']],
  ['a security key with a PIN', { transport: 'usb' }, ['hwk', 'mfa', 'user']],
];

for (const [name, device, amr] of DEVICES) {
  staged(`${name} is enrolled, and signs in without a name`, async (stage) => {
    await stage.desk(async (desk) => {
      await desk.plug(device);
      await desk.enrolKey('alice');
      await desk.signOut();
      stage.sally.upstream.clear();
      await desk.go('/orders?a=1');
      // The passkey of the device itself is suggested in the name field, and accepted at once; a plugged-in one is asked for.
      if (device.transport !== 'internal') {
        await desk.at('Sign in');
        stage.sally.upstream.silent();
        await desk.press(/Sign in with a passkey/);
      }
      await desk.at('The app');
      assert.equal(desk.page.url(), `${stage.origin}/orders?a=1`);
      assert.deepEqual(await evidence(desk), amr);
      assert.deepEqual(desk.complaints, []);
    });
  });
}

staged('the button signs in where the browser makes no suggestion', async (stage) => {
  await stage.desk(async (desk) => {
    const device = await desk.plug();
    await desk.enrolKey('bob');
    await desk.signOut();
    await desk.touches(device, false);
    await desk.go('/.sallyport/sign-in?next=%2Freports');
    await desk.page.waitForTimeout(300);
    await desk.touches(device, true);
    await desk.press(/Sign in with a passkey/);
    await desk.at('The app');
    assert.equal(desk.page.url(), `${stage.origin}/reports`);
  });
});

staged('a suggestion that waits in the name field does not disturb name and password', async (stage) => {
  await stage.desk(async (desk) => {
    const device = await desk.plug();
    await desk.enrolKey('carol');
    await desk.signOut();
    await desk.touches(device, false);
    await desk.first('carol');
    await desk.at('Use your passkey');
    await desk.touches(device, true);
    await desk.press('Use passkey');
    await desk.at('The app');
    assert.deepEqual(await evidence(desk), ['hwk', 'mfa', 'pwd', 'user']);
  });
});

staged('a key that verifies nobody is one factor: refused alone, enough after the password', async (stage) => {
  await stage.desk(async (desk) => {
    await desk.plug({ transport: 'usb', uv: false });
    await desk.enrolKey('dan');
    await desk.signOut();
    stage.sally.upstream.clear();
    await desk.go('/.sallyport/sign-in');
    await desk.press(/Sign in with a passkey/);
    await desk.page.locator('[role="status"], [role="alert"]').filter({ hasText: /\S/ }).first().waitFor();
    await desk.at('Sign in');
    stage.sally.upstream.silent();
    await desk.first('dan');
    await desk.press('Use passkey');
    await desk.at('The app');
    assert.deepEqual(await evidence(desk), ['hwk', 'mfa', 'pwd', 'user']);
  });
});

staged('a ceremony that is cancelled says so beside the button, and is tried again', async (stage) => {
  await stage.desk(async (desk) => {
    const device = await desk.plug();
    await desk.invited('erin');
    // What the browser reports when the person closes its window.
    await desk.page.evaluate(`{
      const { credentials } = navigator;
      const create = credentials.create.bind(credentials);
      let first = true;
      credentials.create = (options) => {
        if (!first) return create(options);
        first = false;
        return Promise.reject(new DOMException('closed', 'NotAllowedError'));
      };
    }`);
    await desk.press(/Set up a passkey/);
    const said = desk.page.locator('form[data-ceremony="create"] [role="status"]');
    await said.filter({ hasText: 'Nothing has changed' }).waitFor();
    assert.match(await desk.page.evaluate('document.activeElement.textContent'), /Set up a passkey/);
    assert.equal((await desk.cdp.send('WebAuthn.getCredentials', { authenticatorId: device })).credentials.length, 0);
    await desk.press(/Set up a passkey/);
    await desk.at('Your first way to sign in is ready');
  });
});

staged(
  'a device that has a passkey of the account already says so, and the person chooses another way',
  async (stage) => {
    await stage.desk(async (desk) => {
      await desk.plug();
      await desk.enrolKey('frank');
      await desk.go('/.sallyport/account');
      await desk.press('Add a way to sign in');
      await desk.press(/Set up a passkey/);
      await desk.page.getByText('already has a passkey for your account').first().waitFor();
      await desk.press(/Set up an authenticator app/);
      await desk.scan();
      await desk.at('Added');
      await desk.press('Finish');
      await desk.at('Your account');
    });
  },
);

staged('a copied key is refused once the original was used after it', async (stage) => {
  await stage.desk(async (desk) => {
    const device = await desk.plug();
    await desk.enrolKey('grace');
    const { credentials } = await desk.cdp.send('WebAuthn.getCredentials', { authenticatorId: device });
    await desk.signOut();
    for (let i = 0; i < 3; i += 1) {
      await desk.go('/');
      await desk.at('The app');
      await desk.signOut();
    }
    await stage.desk(async (thief) => {
      const copy = await thief.plug();
      const [credential] = credentials;
      assert.ok(credential !== undefined);
      await thief.cdp.send('WebAuthn.addCredential', { authenticatorId: copy, credential });
      stage.sally.upstream.clear();
      await thief.go('/.sallyport/sign-in');
      await thief.page
        .getByText(/That passkey was not accepted/)
        .first()
        .waitFor();
      stage.sally.upstream.silent();
    });
    const signals = await stage.sally.audit('authenticator.signal');
    assert.match(signals.at(-1)?.detail ?? '', /counter/);
  });
});

staged('two devices: either signs in, and the one that was removed no longer does', async (stage) => {
  await stage.desk(async (laptop) => {
    await laptop.plug();
    await laptop.enrolKey('heidi');
    await laptop.go('/.sallyport/account');
    const key = await laptop.plug({ transport: 'usb' });
    await laptop.press('Add a way to sign in');
    await laptop.press(/Set up a passkey/);
    await laptop.at('Added');
    await laptop.press('Finish');
    await laptop.at('Your account');
    await stage.desk(async (other) => {
      const plugged = await other.plug({ transport: 'usb' });
      const { credentials } = await laptop.cdp.send('WebAuthn.getCredentials', { authenticatorId: key });
      for (const credential of credentials)
        await other.cdp.send('WebAuthn.addCredential', { authenticatorId: plugged, credential });
      await other.go('/');
      await other.press(/Sign in with a passkey/);
      await other.at('The app');
      await laptop.page.locator('summary', { hasText: 'Remove' }).last().click();
      await laptop.page.getByRole('button', { name: 'Remove it' }).last().click();
      await laptop.page.getByText('This is your only working way to sign in').first().waitFor();
      await other.go('/');
      await other.at('Sign in');
      await other.press(/Sign in with a passkey/);
      await other.page
        .getByText(/That passkey was not accepted/)
        .first()
        .waitFor();
    });
  });
});

staged(
  'where the app asks for the password itself, a passkey is enough, with a name or without',
  async (stage) => {
    await stage.desk(async (desk) => {
      const device = await desk.plug();
      await desk.enrolKey('ivan');
      await desk.signOut();
      await desk.touches(device, false);
      await desk.first('ivan');
      await desk.at('Use your passkey');
      await desk.touches(device, true);
      await desk.press('Use passkey');
      await desk.at('The app');
    });
  },
  { realm: 'app' },
);

staged('a lost device: by recovery code, and by a new link', async (stage) => {
  let codes: string[] = [];
  await stage.desk(async (desk) => {
    await desk.plug();
    await desk.invited('judy');
    await desk.press(/Set up a passkey/);
    await desk.at('Your first way to sign in is ready');
    codes = await desk.finish(/just one way/);
  });
  await stage.desk(async (desk) => {
    await desk.first('judy', '/work');
    await desk.page
      .getByRole('link', { name: /recovery code/ })
      .first()
      .click();
    await desk.page.fill('#code', ` ${(codes[0] ?? '').toLowerCase()} `);
    await desk.press('Sign in');
    await goesOn(desk, 9);
    assert.equal(desk.page.url(), `${stage.origin}/work`);
  });
  await stage.desk(async (desk) => {
    await desk.go(`/.sallyport/enrol/${await stage.ticket('judy')}`);
    await desk.press('Start');
    await desk.at('Enter your password');
    await desk.page.fill('#password', PASSWORD);
    await desk.press('Continue');
    await desk.press(/Set up an authenticator app/);
    await desk.scan();
    await desk.at('Your first way to sign in is ready');
    const fresh = await desk.finish(/just one way/);
    assert.ok(!fresh.includes(codes[1] ?? ''), 'the older codes are gone');
  });
});

staged(
  'a page that wants a passkey asks in place, and says how to get one',
  async (stage) => {
    await stage.desk(async (desk) => {
      await desk.invited('kim');
      await desk.press(/Set up an authenticator app/);
      await desk.scan();
      await desk.at('Your first way to sign in is ready');
      await desk.finish(/just one way/);
      stage.sally.upstream.clear();
      await desk.go('/vault/a?b=1');
      await desk.at('You need a passkey here');
      stage.sally.upstream.silent();
      await desk.plug();
      await desk.press('Add a passkey');
      await desk.press(/Set up a passkey/);
      await desk.at('Added');
      await desk.press('Finish');
      await desk.at('Confirm it’s you');
      await desk.press('Use passkey');
      await desk.at('The app');
      assert.equal(desk.page.url(), `${stage.origin}/vault/a?b=1`);
      await stage.sally.advance(6 * 60_000);
      await desk.go('/vault/c');
      await desk.at('Confirm it’s you');
      await desk.press('Use passkey');
      await desk.at('The app');
    });
  },
  { app: ['    rules: [{ path: /vault/**, require: passkey, max_age: 5m }]'] },
);

staged(
  'at an origin that the relying party does not list no passkey is offered',
  async (stage) => {
    await stage.desk(async (desk) => {
      await desk.plug();
      await desk.page.goto(`${stage.origin.replace('localhost', '127.0.0.1')}/.sallyport/sign-in`);
      await desk.at('Sign in');
      assert.equal(await desk.page.locator('[data-ceremony]').count(), 0);
      const forced = await desk.page.evaluate(`(async () => {
        const headers = { 'Content-Type': 'application/json' };
        const asked = await fetch('/.sallyport/sign-in/passkey/options', { method: 'POST', headers, body: '{}' });
        const options = await asked.json();
        const challenge = Uint8Array.from(options.challenge, (c) => c.charCodeAt(0));
        return navigator.credentials.get({ publicKey: { ...options, challenge, allowCredentials: [] } }).then(
          () => 'answered',
          (error) => error.name,
        );
      })()`);
      assert.equal(forced, 'SecurityError');
    });
  },
  { hosts: ['localhost', '127.0.0.1'] },
);

staged('without JavaScript the app is offered with the reason, and everything but passkeys works', async (stage) => {
  await stage.desk(
    async (desk) => {
      await desk.invited('lena');
      await desk.page.getByText('because JavaScript is switched off in this browser').waitFor();
      assert.equal(await desk.page.getByRole('button', { name: /Set up a passkey/ }).count(), 0);
      await desk.press(/Set up an authenticator app/);
      const secret = await desk.scan();
      await desk.at('Your first way to sign in is ready');
      const codes = await desk.finish(/just one way/);
      await desk.signOut();
      await stage.sally.advance(60_000);
      await desk.first('lena', '/work');
      await desk.at('Enter your code');
      await desk.page.fill('#code', stage.code(secret));
      await desk.press('Sign in');
      await desk.at('The app');
      await desk.signOut();
      await desk.first('lena', '/work');
      await desk.page
        .getByRole('link', { name: /recovery code/ })
        .first()
        .click();
      await desk.page.fill('#code', codes[3] ?? '');
      await desk.press('Sign in');
      await goesOn(desk, 9);
      assert.equal(desk.page.url(), `${stage.origin}/work`);
    },
    { javaScriptEnabled: false },
  );
});
