import { isIP } from 'node:net';
import type { MailConfig } from '../config/types.ts';
import { FileUnread, readText } from '../lib/files.ts';

export interface Message {
  readonly id: string;
  readonly recipient: string;
  readonly subject: string;
  readonly body: string;
  readonly language: string;
  readonly date: Date;
  /** Public name of this server, which the mail server is told. */
  readonly host: string;
}

export interface Patience {
  /** Longest silence of the server at any step, ms. */
  readonly silenceMs: number;
  /** Longest time that a message may take in all, ms. */
  readonly totalMs: number;
}

/**
 * Why a message was not sent, in words of ours: codes and numbers, never what a server has answered, which may repeat
 * addresses or credentials.
 */
export class NotSent extends Error {
  /** The server answered, and refused this message; the next may do better. */
  readonly thisOne: boolean;
  /** It refused it for good (RFC 5321 §4.2.1). */
  readonly forGood: boolean;

  constructor(why: string, thisOne: boolean, forGood = false) {
    super(why);
    this.name = 'NotSent';
    this.thisOne = thisOne;
    this.forGood = forGood;
  }
}

function word(value: unknown, shape: RegExp): string[] {
  return typeof value === 'string' && shape.test(value) ? [value] : [];
}

function notSent(error: unknown): NotSent {
  if (error instanceof NotSent) return error;
  const { code, originalCode, responseCode, command } = (error ?? {}) as Record<string, unknown>; // anything may be thrown
  const status = typeof responseCode === 'number' && Number.isInteger(responseCode) ? responseCode : undefined;
  const why = [
    ...word(code, /^[A-Z_]{2,40}$/),
    ...word(originalCode, /^[A-Z_0-9]{2,60}$/),
    ...word(command, /^[A-Z ]{2,20}$/),
    ...(status === undefined ? [] : [String(status)]),
  ].join(' ');
  const ofMessage = code === 'EENVELOPE' || code === 'EMESSAGE';
  const thisOne = ofMessage && status !== undefined && status !== 421;
  return new NotSent(why === '' ? 'unknown failure' : why, thisOne, thisOne && status >= 500);
}

/** As the record has always called them. */
const CODES: Readonly<Partial<Record<FileUnread['reason'], string>>> = { absent: 'ENOENT', forbidden: 'EACCES' };

async function fileOf(what: string, path: string): Promise<string> {
  try {
    return readText(path, { most: 1_048_576 });
  } catch (error) {
    const code = error instanceof FileUnread ? CODES[error.reason] : 'unreadable';
    throw new NotSent(`${what} ${code}`, false);
  }
}

/** RFC 5321 §4.1.3: where there is no name, the address in brackets. */
function clientName(host: string): string {
  const bare = host.replace(/^\[|\]$/g, '');
  const family = isIP(bare);
  if (family === 0) return host;
  return family === 4 ? `[${bare}]` : `[IPv6:${bare}]`;
}

async function credentials({ user, password, passwordFile }: MailConfig) {
  if (user === null) return undefined;
  if (passwordFile === null) return { user, pass: password ?? '' };
  return { user, pass: (await fileOf('password file', passwordFile)).replace(/\r?\n$/, '') };
}

async function transport(mail: MailConfig, host: string, silenceMs: number) {
  const auth = await credentials(mail);
  const ca = mail.ca === null ? undefined : await fileOf('certificate file', mail.ca);
  // Loaded with the first message: it holds 26 MB.
  const { createTransport } = await import('nodemailer');
  return createTransport({
    host: mail.host,
    port: mail.port,
    name: clientName(host),
    secure: mail.tls === 'implicit',
    requireTLS: mail.tls === 'starttls',
    ignoreTLS: mail.tls === 'none',
    // Said outright, so that no environment can switch it off.
    tls: { rejectUnauthorized: true, minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) },
    ...(auth === undefined ? {} : { auth }),
    connectionTimeout: silenceMs,
    greetingTimeout: silenceMs,
    socketTimeout: silenceMs,
    dnsTimeout: silenceMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

/** `Name <local@domain>` or `local@domain`, as the configuration has it. */
function addressOf(from: string): string {
  return /<([^<>]+)>\s*$/.exec(from)?.[1]?.trim() ?? from.trim();
}

/** Hands one message to the mail server over a connection of its own. Throws NotSent, and nothing else. */
export async function send(mail: MailConfig, message: Message, patience: Patience, stop: AbortSignal): Promise<void> {
  const sender = addressOf(mail.from);
  try {
    const way = await transport(mail, message.host, patience.silenceMs);
    await way.sendMail({
      from: mail.from,
      to: { name: '', address: message.recipient },
      envelope: { from: sender, to: [message.recipient] },
      // The same at each try: one that was taken although we did not hear of it is known again.
      messageId: `<${message.id}@${sender.slice(sender.lastIndexOf('@') + 1)}>`,
      date: message.date,
      subject: message.subject,
      text: message.body,
      xMailer: false,
      headers: {
        // RFC 3834 §5; the second is what Exchange heeds.
        'Auto-Submitted': 'auto-generated',
        'X-Auto-Response-Suppress': 'All',
        'Content-Language': message.language,
      },
      disableFileAccess: true,
      disableUrlAccess: true,
      signal: AbortSignal.any([AbortSignal.timeout(patience.totalMs), stop]),
    });
  } catch (error) {
    throw notSent(error);
  }
}
