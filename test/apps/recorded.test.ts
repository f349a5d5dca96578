import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { freePort } from '../support/ports.ts';
import { type Alone, recordAlone } from './alone.ts';
import { prepareBackend } from './backend.ts';
import type { Product } from './product.ts';
import { adminer } from './products/adminer.ts';
import { apacheForm } from './products/apache-form.ts';
import { cacti } from './products/cacti.ts';
import { cockpit } from './products/cockpit.ts';
import { django } from './products/django.ts';
import { dokuwiki } from './products/dokuwiki.ts';
import { fossil } from './products/fossil.ts';
import { icingaweb2 } from './products/icingaweb2.ts';
import { jupyter } from './products/jupyter.ts';
import { ldapAccountManager } from './products/ldap-account-manager.ts';
import { mediawiki } from './products/mediawiki.ts';
import { ocserv } from './products/ocserv.ts';
import { phpldapadmin } from './products/phpldapadmin.ts';
import { phpmyadmin } from './products/phpmyadmin.ts';
import { postfixadmin } from './products/postfixadmin.ts';
import { qbittorrent } from './products/qbittorrent.ts';
import { redmine } from './products/redmine.ts';
import { requestTracker } from './products/request-tracker.ts';
import { roundcube } from './products/roundcube.ts';
import { sogo } from './products/sogo.ts';
import { tomcat } from './products/tomcat.ts';
import { ttrss } from './products/ttrss.ts';
import { wordpress } from './products/wordpress.ts';
import { zabbix } from './products/zabbix.ts';
import { znc } from './products/znc.ts';

interface Wanted {
  readonly product: Product;
  /** How far the recorder gets by itself, and what it says where it does not. */
  readonly alone: Alone | RegExp;
  readonly more?: (second: number) => readonly string[];
  /** Bytes of a line that its server reads; left out: it cuts none. */
  readonly line?: number;
  /** What its preset must say. */
  readonly says?: RegExp;
}

/** Every product whose sign-in page is one, and what an operator would type besides. */
const PRODUCTS: readonly Wanted[] = [
  { product: adminer, alone: 'asked', more: (second) => ['--fill', `auth[server]=127.0.0.1:${second}`] },
  { product: apacheForm, alone: 'asked' },
  { product: cacti, alone: 'asked' },
  // Only its WebSocket says who is signed in.
  { product: cockpit, alone: 'form' },
  { product: django, alone: 'asked' },
  { product: dokuwiki, alone: 'asked' },
  { product: fossil, alone: 'asked', line: 1997 },
  // A script sends its form, which is answered otherwise then.
  {
    product: icingaweb2,
    alone: 'asked',
    says: /^ {4}script: true$[\s\S]+^ {6}- status: 302$[\s\S]+^ {6}- status: 200$/m,
  },
  { product: jupyter, alone: 'one' },
  { product: ldapAccountManager, alone: 'asked' },
  { product: mediawiki, alone: 'asked' },
  // It says nothing of whoever is signed in.
  { product: ocserv, alone: 'form' },
  { product: phpldapadmin, alone: 'asked' },
  { product: phpmyadmin, alone: 'asked' },
  { product: postfixadmin, alone: 'asked' },
  // It names nobody, at no address.
  { product: qbittorrent, alone: 'form' },
  { product: redmine, alone: 'asked' },
  { product: requestTracker, alone: 'asked' },
  { product: roundcube, alone: 'asked' },
  { product: sogo, alone: 'asked' },
  { product: tomcat, alone: 'asked' },
  // No page and no link of its pages leads to where its name is.
  { product: ttrss, alone: 'asked', more: () => ['--look', '/backend.php?op=opml&method=export'] },
  { product: wordpress, alone: 'asked' },
  { product: zabbix, alone: 'asked' },
  { product: znc, alone: 'asked' },
];

const PUBLIC = 'http://portal.example';

/** One line for each product. */
const score: string[] = [];

async function recorded({ product, more, alone, line, says }: Wanted): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-recorded-'));
  // Servers of some products run as users of their own.
  chmodSync(folder, 0o755);
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const backend = await prepareBackend(product.legacy, folder, port, [PUBLIC, origin]);
  try {
    await backend.start();
    const { mine, other, person, single } = product;
    const typed = ['--start', person.target, ...(more?.(backend.second) ?? [])];
    const found = await recordAlone({
      origin,
      publicOrigin: PUBLIC,
      mine,
      other: single === true ? null : other,
      more: typed,
    });
    score.push(`${product.name}: ${found.alone}, ${found.seconds.toFixed(0)} s ${found.why}`.trim());
    for (const { password } of [mine, other]) assert.ok(!(found.text + found.told).includes(password));
    if (alone instanceof RegExp) assert.match(found.why, alone, found.told);
    else assert.equal(found.alone, alone, found.text + found.told);
    if (says !== undefined) assert.match(found.text, says);
    assert.equal(/^longest_line: (\d+)$/m.exec(found.text)?.[1], line?.toString());
  } finally {
    await backend.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('the recorder by itself, on products that it has not been told of', { concurrency: 2 }, () => {
  after(() => process.stdout.write(`${score.sort().join('\n')}\n`));
  for (const wanted of PRODUCTS) test(wanted.product.name, () => recorded(wanted));
});
