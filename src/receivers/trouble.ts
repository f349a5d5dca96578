/** What stands behind a parcel that was not taken, as whoever can do something about it needs to know. */
export const RECEIVER_TROUBLES = [
  /** The other end does not answer. */
  'unreachable',
  /** It answered too late. */
  'slow',
  /** It does not prove who it is, or the connection is not kept secure. */
  'not-secure',
  /** It does not accept who we are. */
  'sign-in',
  /** It answered, and did not take it. */
  'refused',
  /** A file of ours is not there, or may not be read or written. */
  'file',
  /** There is no room left. */
  'full',
  /** Mail is not configured, or was not sent. */
  'mail',
  /** A witness did not sign, or has seen another record. */
  'witness',
  /** Something of our own record is missing. */
  'gap',
  /** Nothing more is known. */
  'unknown',
] as const;
export type ReceiverTrouble = (typeof RECEIVER_TROUBLES)[number];

/** Sentences and words of ours, each by its beginning (`NotTaken`). */
const SAID: readonly (readonly [string, ReceiverTrouble])[] = [
  ['took too long', 'slow'],
  ['the log has a gap', 'gap'],
  ['the witness', 'witness'],
  ['mail', 'mail'],
  ['not a file', 'file'],
  ['closed without ending TLS', 'not-secure'],
];

/** Codes of Node and of the system (errno). */
const BY_CODE: Readonly<Record<string, ReceiverTrouble>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EFBIG: 'full',
  ENOENT: 'file',
  EACCES: 'file',
  EPERM: 'file',
  EROFS: 'file',
  EISDIR: 'file',
  ENOTDIR: 'file',
  EIO: 'file',
  ELOOP: 'file',
  EMFILE: 'file',
  ETIMEDOUT: 'slow',
  EPIPE: 'unreachable',
  EPROTO: 'not-secure',
};

/** Of a certificate (Node, `tls` errors: OpenSSL's X509_V_ERR_ names, and its own). */
const OF_CERTIFICATES = /CERT|ALTNAME|SIGNATURE|ISSUER|SSL|TLS/;
/** Of a connection or a name that was looked up (Node, `errors`: common system errors, DNS). */
const OF_NETWORKS = /^(?:ECONN|EHOST|ENET|EADDR|EAI_|ENOTFOUND|ESOCKET|EDNS)/;

function byStatus(status: number): ReceiverTrouble {
  return status === 401 || status === 403 || status === 407 ? 'sign-in' : 'refused';
}

/** What a cause that is kept with a receiver means; what is none of those that `NotTaken` is made with is `unknown`. */
export function receiverTroubleOf(cause: string): ReceiverTrouble {
  const said = SAID.find(([begins]) => cause.startsWith(begins));
  if (said !== undefined) return said[1];
  const answered = /^answered (\d{3})$/.exec(cause)?.[1];
  if (answered !== undefined) return byStatus(Number(answered));
  if (/^(?:certificate|key|secret|token) file /.test(cause)) return 'file';
  const [code = ''] = cause.slice(0, 200).split(' ');
  if (Object.hasOwn(BY_CODE, code)) return BY_CODE[code] ?? 'unknown';
  if (OF_NETWORKS.test(code)) return 'unreachable';
  return /^[A-Z0-9_]+$/.test(code) && OF_CERTIFICATES.test(code) ? 'not-secure' : 'unknown';
}
