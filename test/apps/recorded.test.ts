import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { command } from '../support/command.ts';
import { freePort } from '../support/ports.ts';
import { prepareBackend } from './backend.ts';
import type { Product } from './product.ts';
import { adminer } from './products/adminer.ts';
import { apacheForm } from './products/apache-form.ts';
import { cockpit } from './products/cockpit.ts';
import { django } from './products/django.ts';
import { dokuwiki } from './products/dokuwiki.ts';
import { mediawiki } from './products/mediawiki.ts';
import { phpmyadmin } from './products/phpmyadmin.ts';
import { qbittorrent } from './products/qbittorrent.ts';
import { roundcube } from './products/roundcube.ts';
import { tomcat } from './products/tomcat.ts';
import { wordpress } from './products/wordpress.ts';
import { zabbix } from './products/zabbix.ts';

interface Wanted {
  readonly product: Product;
  /** How far the recorder gets by itself. `asked`: bound by the app's own word. `form`: by the sign-in form only. */
  readonly alone: 'asked' | 'form' | RegExp;
  readonly more?: (second: number) => readonly string[];
}

const SCRIPT = /a script builds it/;

/** Every product whose sign-in page is one, and what an operator would type besides. */
const PRODUCTS: readonly Wanted[] = [
  { product: adminer, alone: 'asked', more: (second) => ['--fill', `auth[server]=127.0.0.1:${second}`] },
  { product: apacheForm, alone: 'asked' },
  { product: django, alone: 'asked' },
  { product: dokuwiki, alone: 'asked' },
  { product: mediawiki, alone: 'asked' },
  { product: phpmyadmin, alone: 'asked' },
  { product: roundcube, alone: 'asked' },
  { product: tomcat, alone: 'asked' },
  { product: wordpress, alone: 'asked' },
  // The rows of its first page are not in the tests' database, and no other leads to the person's own.
  { product: zabbix, alone: 'form' },
  { product: cockpit, alone: SCRIPT },
  { product: qbittorrent, alone: /still asks for one: a script sends the form in another way/ },
];

const PUBLIC = 'http://portal.example';

async function recorded({ product, more, alone }: Wanted): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-recorded-'));
  // Servers of some products run as users of their own.
  chmodSync(folder, 0o755);
  const port = await freePort();
  const backend = await prepareBackend(product.legacy, folder, port, [PUBLIC, `http://127.0.0.1:${port}`]);
  const secret = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  try {
    await backend.start();
    const out = join(folder, 'recorded.yml');
    const ran = await command(
      ...['preset', 'record', '--unattended', '--upstream', `http://127.0.0.1:${port}`, '--origin', PUBLIC],
      ...['--account', product.mine.name, '--password-file', secret('mine', product.mine.password)],
      ...['--second', product.other.name, '--second-password-file', secret('other', product.other.password)],
      ...['--start', product.person.target, '--out', out, ...(more?.(backend.second) ?? [])],
    );
    const told = ran.out + ran.err;
    if (alone instanceof RegExp) {
      assert.equal(ran.code, 1, told);
      assert.match(ran.err, alone);
      return;
    }
    assert.equal(ran.code, 0, told);
    const text = readFileSync(out, 'utf8');
    const { whoami } = parse(text) as { readonly whoami?: unknown };
    assert.equal(whoami === undefined ? 'form' : 'asked', alone, text);
    for (const { password } of [product.mine, product.other]) assert.ok(!(text + told).includes(password));
  } finally {
    await backend.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('the recorder by itself, on products that it has not been told of', { concurrency: 2 }, () => {
  for (const wanted of PRODUCTS) test(wanted.product.name, () => recorded(wanted));
});
