import { block, duration, list, text, word } from './fields.ts';
import { parseListen } from './hosts.ts';
import { DAY, file, HOUR, id } from './schema-parts.ts';
import { TWO_PERSON } from './two-person.ts';
import { parseOrigin } from './values.ts';

/** The console of administrators. */
export const consoleBlock = block(
  {
    listen: text(parseListen, 'Expected an address and a port, such as 127.0.0.1:9443.', {
      description:
        'Address and port of the console, apart from those of the apps. Without tls and trusted_proxies it must be loopback.',
    }).prefault('127.0.0.1:9443'),
    origin: text(parseOrigin, 'Expected an origin such as https://console.example.org.', {
      description:
        'Where administrators reach it; no app has it. Default on loopback: localhost with the port of listen; anywhere else it must be said.',
      examples: ['https://console.example.org:9443'],
    }).optional(),
    tls: block(
      {
        cert: file('PEM file with the certificate and its chain.', '/etc/sallyport/console.crt'),
        key: file('PEM file with the private key; not readable by others.', '/etc/sallyport/console.key'),
      },
      { description: 'TLS of the console; default: that of the top where it does not listen on loopback.' },
    ).optional(),
    realm: id
      .meta({ description: 'Realm of the administrators; default: the only one.', 'x-examples': ['staff'] })
      .optional(),
    require: word(['passkey', 'mfa'], {
      description: 'What its people sign in with: passkey, or any second factor (mfa), which check reports.',
    }).prefault('passkey'),
    two_person: list(
      word(TWO_PERSON, { description: 'An act of administrators.' }),
      'Expected a list of acts, such as [role.grant, lock-down.end].',
      {
        description:
          'Acts that one person proposes and another confirms; both stand on record. Commands on this machine are not held up.',
        examples: [['role.grant', 'lock-down.end']],
      },
    ).prefault([]),
    two_person_within: duration(HOUR / 4, 30 * DAY, '15m to 30d', {
      description: 'How long such an act waits for its second person.',
    }).prefault('24h'),
  },
  { description: 'The console of administrators and its API, at an address of its own; default: none.' },
);
