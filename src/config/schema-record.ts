import { block, duration, flag, list, matching, named, text, word } from './fields.ts';
import { parseReceiver, parseRecipient, parseWitnessUrl, RECEIVER, verifierKeyOf } from './record-places.ts';
import { DAY, file, id } from './schema-parts.ts';

const receiver = block(
  {
    to: text(parseReceiver, RECEIVER, {
      description:
        'tls://host:6514: syslog, RFC 5424 over TLS (RFC 5425), of a server that closes a connection when we do; https://…: a webhook (Standard Webhooks), http on this machine alone, where 2xx says that it was taken; file:///path: lines of JSON are appended.',
      examples: ['https://siem.example.org/hooks/sallyport'],
    }),
    secret_file: file(
      'File that holds the secret of a webhook (whsec_…); or set SALLYPORT_RECEIVER_SECRET_NAME, NAME in capitals with _ for -.',
      '/etc/sallyport/hook-secret',
    ).optional(),
    ca: file('PEM file of the authority of the receiver; default: those that Node trusts.', 'siem-ca.pem').optional(),
    client: block(
      {
        cert: file('PEM file with the certificate and its chain.', '/etc/sallyport/siem-client.crt'),
        key: file('PEM file with the private key; not readable by others.', '/etc/sallyport/siem-client.key'),
      },
      { description: 'A certificate that we show to the receiver; default: none.' },
    ).optional(),
    format: word(['json', 'ocsf'], {
      description: 'Our own JSON, or events of the Open Cybersecurity Schema Framework 1.3.0.',
    }).prefault('json'),
    what: list(
      word(['refusals', 'sign_ins', 'running', 'decisions'], {
        description: 'A sort of entry, as under retention.',
      }),
      'Expected a list of refusals, sign_ins, running and decisions.',
      { description: 'The sorts of entries that it is sent, as under retention.' },
    ).prefault(['refusals', 'sign_ins', 'running', 'decisions']),
    checkpoints: flag({ description: 'Whether it is sent the signed heads of the record too.' }).prefault(true),
  },
  { description: 'A receiver of sealed entries.' },
);

const checkpoints = block(
  {
    every: duration(60_000, 7 * DAY, '1m to 7d', {
      description: 'How often a head is kept, sent, written, mailed and shown to witnesses, if the record has grown.',
    }).prefault('1h'),
    file: file('A file on other storage that each head is appended to.', '/mnt/archive/checkpoints.txt').optional(),
    mail: list(
      text(parseRecipient, 'Expected a mail address such as security@example.org.', {
        description: 'A mail address.',
      }),
      'Expected a list of mail addresses.',
      { description: 'Who each head is mailed to; needs mail.', examples: [['security@example.org']] },
    ).prefault([]),
  },
  { description: 'Signed heads of the record, kept where whoever owns the database does not reach.' },
).prefault({});

const witness = block(
  {
    url: text(parseWitnessUrl, 'Expected an address such as https://witness.example.org.', {
      description: 'Its address, to which /add-checkpoint is added.',
      examples: ['https://console.example.net/.sallyport/witness'],
    }),
    key: text(verifierKeyOf('witness'), 'Expected the verifier key of a witness: NAME+ID+KEY.', {
      description: 'Its verifier key (C2SP signed-note).',
      examples: ['witness.example.org+9be5986a+BLPf8Jj4MEYt+fnQGoaumK1sK8xkvWxz2GicP6AabP+r'],
    }),
    ca: file('PEM file of its authority; default: those that Node trusts.', 'witness-ca.pem').optional(),
  },
  { description: 'A witness that cosigns heads of our record (C2SP tlog-witness).' },
);

const witnessed = block(
  {
    key: text(verifierKeyOf('log'), 'Expected the verifier key of a log: NAME+ID+KEY.', {
      description: 'Verifier key of the log (C2SP signed-note).',
      examples: ['log.example.org/record+78dcb0b5+AR39RamzxVo2EolTNRkZp4SFAXwsqmIm2H606mO+JnxR'],
    }),
    origin: matching(/^[^\s\p{Cc}][^\n\r\p{Cc}]{0,254}$/u, 'Expected the origin of the log in one line.', {
      description: 'Origin of the log, where it is not the name of the key.',
      examples: ['log.example.org'],
    }).optional(),
  },
  { description: 'A log whose heads we cosign: another Sallyport, or any log of C2SP.' },
);

/** Where the record goes outside of the database. */
export const record = block(
  {
    receivers: named(id, receiver, 'Expected a block of receivers, by names of your choice.', {
      description: 'Where sealed entries are sent live, in order, by a name of your choice.',
      examples: ['siem'],
    }).prefault({}),
    checkpoints,
    witnesses: list(witness, 'Expected a list of witnesses.', {
      description: 'Who cosigns heads of our record.',
    }).prefault([]),
    witness_for: list(witnessed, 'Expected a list of logs.', {
      description: 'Whose heads we cosign, at /.sallyport/witness/add-checkpoint of the console.',
    }).prefault([]),
  },
  { description: 'Where the record goes outside of the database.' },
).prefault({});
