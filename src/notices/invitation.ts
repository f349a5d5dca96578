import type { Config } from '../config/types.ts';
import { LANGUAGES } from '../lib/languages.ts';
import type { Seal } from '../store/seal.ts';
import type { Store } from '../store/types.ts';
import { plainName } from './plain.ts';
import { NotSent } from './send.ts';
import { isolated, moment, type NoticeText, type TextConfig } from './text.ts';
import { noticeWords } from './words.ts';

/** The kind of message that brings a link. */
export const INVITATION = 'invitation';

/** Where the secret of an invitation is sealed. */
export const secretPlace = (row: string) => ({ table: 'invitations', column: 'secret', row });

export interface InvitationParts {
  readonly store: Pick<Store, 'invitations'>;
  readonly seal: Pick<Seal, 'open'>;
}

/** An enrolment link, as its message has it. */
export interface OpenLink {
  readonly secret: string;
  readonly expiresAt: number;
}

/**
 * Why there is nothing to send: `ended`: used, withdrawn or replaced; `expired`; `gone`: settled, or its account is no more; `sealed`: this key does
 * not open it.
 */
export type Unsendable = 'ended' | 'expired' | 'gone' | 'sealed';

/** The ticket that a message brings. */
export function ticketOf(detail: Readonly<Record<string, string>>): string {
  return detail['ticket'] ?? '';
}

/** The link of a message that is due at `now`: opened for this one try, and held nowhere. */
export async function linkFor(
  { store, seal }: InvitationParts,
  ticket: string,
  now: number,
): Promise<OpenLink | Unsendable> {
  const row = await store.invitations.byId(ticket, now);
  if (row === undefined || row.state !== 'queued' || row.secret === null) return 'gone';
  if (now >= row.expiresAt) return 'expired';
  if (!row.open) return 'ended';
  try {
    return { secret: seal.open(row.secret, secretPlace(ticket)), expiresAt: row.expiresAt };
  } catch {
    return 'sealed';
  }
}

/** The language of whoever it is for, where a list said so; else of the operator's mail. */
export function languageFor(
  pages: Config['pages'],
  detail: Readonly<Record<string, string>>,
): Config['pages']['language'] {
  return LANGUAGES.find(({ code }) => code === detail['language'])?.code ?? pages.language;
}

/**
 * Writes an invitation: the one message with a secret in it, which is the link that it brings. It names the site and until when, and neither the account
 * nor the organisation: whoever reads a letter-box by mistake learns no more than that somebody was invited.
 */
export function invitationText(
  config: TextConfig,
  detail: Readonly<Record<string, string>>,
  link: OpenLink,
): NoticeText {
  const language = languageFor(config.pages, detail);
  const pages = { ...config.pages, language };
  const words = noticeWords(language);
  const said = words.invitation;
  const app = config.apps.find((each) => each.id === detail['app']);
  if (app === undefined) throw new NotSent('the app of the link is no more', true);
  const { origin } = app;
  const shown = language === 'ar' ? isolated : (text: string) => text;
  const contact = plainName(config.help.contact);
  const body = [
    ...[words.greeting, '', words.happened.invitation, ''],
    `${words.facts.portal}: ${shown(new URL(origin).host)}`,
    ...[`${said.until}: ${shown(moment(link.expiresAt, pages))}`, ''],
    ...[said.open, `${origin}/.sallyport/enrol/${link.secret}`, '', said.once, ''],
    ...[said.unexpected, '', ...(contact === '' ? [words.steps.contactUnnamed] : [words.steps.contact, contact]), ''],
    ...[words.footer, ''],
  ];
  return { subject: `${words.subject.invitation} – ${plainName(pages.name) || 'Sallyport'}`, body: body.join('\n') };
}
