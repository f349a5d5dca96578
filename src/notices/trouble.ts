/** What stands behind a message that was not sent, as whoever can do something about it needs to know. */
export const TROUBLES = [
  /** The mail server takes nothing for this address: it is mistyped, or there is no such letter-box. */
  'no-letter-box',
  /** The letter-box is full. */
  'full',
  /** Not now, for this letter-box: it is tried again. */
  'later',
  /** The mail server takes nothing from us: from our address, or from this network. */
  'not-from-us',
  /** The mail server refused what was written. */
  'message-refused',
  /** The mail server did not take our name and password. */
  'sign-in',
  /** The mail server does not prove who it is, or does not speak TLS. */
  'not-secure',
  /** The mail server does not answer, or not as a mail server does. */
  'unreachable',
  /** Mail is not configured, or what it needs cannot be read. */
  'not-configured',
  /** The link had ended before it could be sent. */
  'ended',
  /** The link cannot be opened with the key in force. */
  'key',
  /** Nothing more is known. */
  'unknown',
] as const;
export type Trouble = (typeof TROUBLES)[number];

/** Sentences of ours, each by its beginning (deliver.ts, send.ts, store/invitations.ts). */
const SAID: readonly (readonly [string, Trouble])[] = [
  ['the link ended', 'ended'],
  ['the link cannot be opened', 'key'],
  ['mail is not configured', 'not-configured'],
  ['password file', 'not-configured'],
  ['certificate file', 'not-configured'],
];

/** Codes of nodemailer and of Node that say it without the server's number. */
const BY_CODE: Readonly<Record<string, Trouble>> = {
  EAUTH: 'sign-in',
  ENOAUTH: 'sign-in',
  EOAUTH2: 'sign-in',
  ETLS: 'not-secure',
  EREQUIRETLS: 'not-secure',
  ECONNECTION: 'unreachable',
  ECONNREFUSED: 'unreachable',
  ECONNRESET: 'unreachable',
  EDNS: 'unreachable',
  ESOCKET: 'unreachable',
  ETIMEDOUT: 'unreachable',
  EPROTOCOL: 'unreachable',
  EPROXY: 'unreachable',
  EABORT: 'unreachable',
  ABORT_ERR: 'unreachable',
  ECONFIG: 'not-configured',
};

/** Of a certificate (Node, `tls` errors: OpenSSL's X509_V_ERR_ names, and its own). */
const OF_CERTIFICATES = /CERT|ALTNAME|SIGNATURE|ISSUER|SSL|TLS/;

/** Of the reply that ended it: RFC 5321 §4.2.3, §4.2.2; 521 and 556: RFC 7504. */
function byReply(command: string, status: number): Trouble {
  if (status === 421) return 'unreachable';
  if (status === 530 || status === 534 || status === 535) return 'sign-in';
  if (command === 'MAIL FROM') return status < 500 ? 'later' : 'not-from-us';
  if (command !== 'RCPT TO') return status < 500 ? 'later' : 'message-refused';
  if (status === 452 || status === 552) return 'full';
  if (status < 500) return 'later';
  return status === 554 ? 'not-from-us' : 'no-letter-box';
}

/**
 * What a cause that is kept with a message means: one of our own sentences, or codes and a number as `send` puts them together,
 * such as `EENVELOPE RCPT TO 550`. What is neither is `unknown`.
 */
export function troubleOf(cause: string): Trouble {
  const said = SAID.find(([begins]) => cause.startsWith(begins));
  if (said !== undefined) return said[1];
  const [code = '', ...more] = cause.slice(0, 200).split(' ');
  const last = more.at(-1) ?? '';
  const envelope = code === 'EENVELOPE' || code === 'EMESSAGE';
  if (envelope && /^[45]\d\d$/.test(last)) return byReply(more.slice(0, -1).join(' '), Number(last));
  if (more.some((word) => OF_CERTIFICATES.test(word) && word !== 'STARTTLS')) return 'not-secure';
  return Object.hasOwn(BY_CODE, code) ? (BY_CODE[code] ?? 'unknown') : 'unknown';
}
