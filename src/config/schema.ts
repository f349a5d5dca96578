import type * as z from 'zod';
import { block, duration, flag, list, matching, named, text, whole, word } from './fields.ts';
import { parseListen, parseProxyBlock } from './hosts.ts';
import { app } from './schema-app.ts';
import { consoleBlock } from './schema-console.ts';
import { DAY, file, HOUR, id, line, retention, SECOND, sessions } from './schema-parts.ts';
import { mail, pages } from './schema-people.ts';
import { realm } from './schema-realm.ts';
import { record } from './schema-record.ts';
import { parseStore } from './values.ts';

/** The whole file. Its output has durations in ms and parsed values; references and inheritance are resolved after it. */
export const schema = block(
  {
    listen: text(parseListen, 'Expected an address and a port, such as 127.0.0.1:8080.', {
      description: 'Address and port to listen on. Without tls and trusted_proxies it must be loopback.',
    }).prefault('127.0.0.1:8080'),
    tls: block(
      {
        cert: file('PEM file with the certificate and its chain.', '/etc/sallyport/tls.crt'),
        key: file('PEM file with the private key; not readable by others.', '/etc/sallyport/tls.key'),
      },
      { description: 'Terminate TLS 1.2 and 1.3 here; default: no TLS.' },
    ).optional(),
    data: matching(/^[^\0]+$/, 'Expected the path of a folder.', {
      description: 'Folder of the database and the master key; relative paths in this file start at its own folder.',
    }).prefault('/var/lib/sallyport'),
    store: text(parseStore, 'Expected sqlite:///path or postgres://user@host/database.', {
      description:
        'Database: sqlite:///path, or postgres://user@host/database for several nodes; default: sallyport.db in data.',
      examples: ['postgres://sallyport@db.example.org/sallyport'],
    }).optional(),
    store_password_file: file(
      'File that holds the password of the PostgreSQL user; or set SALLYPORT_STORE_PASSWORD.',
      '/etc/sallyport/store-password',
    ).optional(),
    master_key: file(
      'File of the key that seals secrets, created at the first start; default: master.key in data.',
      '/var/lib/sallyport/master.key',
    ).optional(),
    trusted_proxies: list(
      text(parseProxyBlock, 'Expected an address or CIDR block.', { description: 'An address or CIDR block.' }),
      'Expected a list of addresses and CIDR blocks.',
      {
        description: 'Only these may say by X-Forwarded-* who the client is.',
        examples: [['10.0.0.7', '10.1.0.0/24']],
      },
    ).prefault([]),
    sessions: sessions('Limits of sessions, for every realm and app that has none of its own.'),
    realms: named(id, realm, 'Expected a block of realms, such as staff: { source: local }.', {
      description: 'Namespaces of accounts, by a name of your choice.',
      examples: ['staff'],
    }),
    apps: named(id, app, 'Expected a block of apps.', {
      description: 'The apps that are guarded, by a name of your choice; the name is the aud of assertions.',
      examples: ['portal'],
    }),
    console: consoleBlock.optional(),
    log: block(
      {
        level: word(['debug', 'info', 'warn', 'error'], {
          description: 'The least severity that is written.',
        }).prefault('info'),
        requests: flag({ description: 'Write a line for every request.' }).prefault(true),
      },
      { description: 'The log, JSON lines on standard output.' },
    ).prefault({}),
    canary: block(
      {
        run: word(['on', 'off'], {
          description:
            'Whether Sallyport goes to its own public origins as a stranger, with what bypasses have been made of, and puts on record that nothing came back from an app. Each node does.',
        }).prefault('on'),
        every: duration(5 * 60_000, 30 * DAY, '5m to 30d', {
          description: 'How often; first after five minutes.',
        }).prefault('1h'),
        lock_down: word(['on', 'off'], {
          description:
            'Whether signing in is closed to all but administrators when something did come back from an app.',
        }).prefault('off'),
      },
      { description: 'Attacks of our own, on a schedule.' },
    ).prefault({}),
    keys: block(
      {
        rotate: duration(HOUR, 400 * DAY, '1h to 400d', {
          description: 'A new signing key is published after this time.',
        }).prefault('90d'),
      },
      { description: 'Keys that sign assertions.' },
    ).prefault({}),
    nodes: block(
      {
        heartbeat: duration(50, 10 * SECOND, '50ms to 10s', {
          description: 'How often a node makes sure that it has heard of every change; at most half of trust.',
        }).prefault('250ms'),
        trust: duration(200, 60 * SECOND, '200ms to 1m', {
          description:
            'How long a node that hears nothing trusts what it holds in memory; then it refuses everything and cuts what is open. With PostgreSQL a busy network or machine needs more.',
        }).prefault('1s'),
      },
      { description: 'How soon whatever ends is over on every node.' },
    ).prefault({}),
    help: block(
      {
        text: line(
          500,
          'A sentence on our pages for people who cannot sign in.',
          'Lost your phone? Call the service desk.',
        ).optional(),
        contact: line(200, 'Where they get help.', 'service-desk@example.org').optional(),
      },
      { description: 'Help shown on the sign-in pages.' },
    ).prefault({}),
    retention,
    record,
    pages,
    mail,
    limits: block(
      {
        connections: whole(1, 1_000_000, { description: 'Most connections of clients at one time.' }).prefault(10_000),
        headers_timeout: duration(SECOND, 10 * 60_000, '1s to 10m', {
          description: 'Time in which the head of a request must arrive.',
        }).prefault('15s'),
        target: whole(1024, 32_768, {
          description: 'Characters of the longest address (path and query); a longer one is answered with 414.',
        }).prefault(8192),
        head: whole(4096, 131_072, {
          description:
            'Bytes of the largest head of a request, its address and cookies included; a larger one is answered with 431. Read at the start.',
        }).prefault(16_384),
        drain: duration(SECOND, HOUR, '1s to 1h', { description: 'Time for requests under way at a stop.' }).prefault(
          '8s',
        ),
      },
      { description: 'Limits of the server.' },
    ).prefault({}),
  },
  { description: 'The configuration of Sallyport.' },
);

/** What stands in the file once it has passed the schema. */
export type Written = z.output<typeof schema>;
export type WrittenApp = Written['apps'][string];
export type WrittenRealm = Written['realms'][string];
export type WrittenConsole = NonNullable<Written['console']>;
export type WrittenSessions = Written['sessions'];
