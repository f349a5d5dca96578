import type { AppConfig, Config } from '../config/types.ts';
import { plainAddress, plainLabel, plainName } from './plain.ts';
import type { NoticeKind } from './types.ts';
import { type NoticeWords, noticeWords } from './words.ts';

/** What of the configuration is in a message. */
export type TextConfig = Pick<Config, 'pages' | 'help'> & {
  readonly apps: readonly NamedApp[];
  /** Where administrators go. */
  readonly console?: { readonly app: NamedApp } | null;
};

type NamedApp = Pick<AppConfig, 'id' | 'origin'>;

export interface NoticeText {
  /** One line without anything that a person has typed. */
  readonly subject: string;
  readonly body: string;
}

type Remedy = keyof NoticeWords['remedy'];

/** The account is closed or was opened by an administrator, or it is about no account; the person who reads cannot have done it. */
const REMEDIES: Partial<Record<NoticeKind, Remedy>> = {
  'authenticator-disabled': 'guessed',
  'ticket-issued': 'administrator',
  'email-changed': 'administrator',
  'account-disabled': 'closed',
  'coverage-fell': 'coverage',
};

export const isolated = (text: string): string => `\u2068${text}\u2069`;

/** The moment in the operator's zone, with its name. Digits are those of the network address, in every language. */
export function moment(at: number, { language, timeZone }: Config['pages']): string {
  const format = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : `${language}-u-ca-gregory-nu-latn`, {
    timeZone,
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  });
  return format.format(at);
}

type Facts = Readonly<Record<keyof NoticeWords['facts'], string>>;

function factsOf(config: TextConfig, app: NamedApp | undefined, notice: Said, words: NoticeWords): Facts {
  const { detail } = notice;
  return {
    label: plainLabel(detail['label'] ?? ''),
    portal: app === undefined ? '' : new URL(app.origin).host,
    when: moment(notice.at, config.pages),
    source: plainAddress(detail['source'] ?? ''),
    by: detail['by'] === 'administrator' ? words.administrator : '',
  };
}

/**
 * `Name: value`, one a line, those that are known. In a text from right to left each value is kept together
 * (Unicode Bidirectional Algorithm, UAX #9 §2.4.3).
 */
function factLines(facts: Facts, words: NoticeWords, rightToLeft: boolean): string[] {
  const names = Object.keys(words.facts) as (keyof Facts)[]; // the keys of a literal of that type
  return names
    .filter((name) => facts[name] !== '')
    .map((name) => `${words.facts[name]}: ${rightToLeft ? isolated(facts[name]) : facts[name]}`);
}

function remedyLines(config: TextConfig, app: NamedApp | undefined, remedy: Remedy, words: NoticeWords): string[] {
  const { steps } = words;
  const page = app === undefined ? [steps.openUnnamed] : [steps.open, `${app.origin}/.sallyport/account`];
  const contact = plainName(config.help.contact);
  if (remedy === 'coverage') {
    const { fine, otherwise } = words.remedy.coverage;
    const console = config.console?.app;
    const page = console === undefined ? [] : [`${console.origin}/coverage`];
    return [fine, '', otherwise, ...page, '', ...(contact === '' ? [] : [words.steps.contact, contact, ''])];
  }
  return [
    words.remedy[remedy].fine,
    '',
    words.remedy[remedy].otherwise,
    '',
    // Whose account is closed cannot open its page.
    ...(remedy === 'closed' ? [] : [...page, '']),
    ...(contact === '' ? [steps.contactUnnamed] : [steps.contact, contact]),
  ];
}

/** What a message tells of. */
export interface Said {
  readonly kind: NoticeKind;
  readonly detail: Readonly<Record<string, string>>;
  /** When it happened, ms. */
  readonly at: number;
}

/** Whether there are words for it: a newer version of the product may have queued it. */
export function isNoticeKind(kind: string, language: Config['pages']['language']): kind is NoticeKind {
  return Object.hasOwn(noticeWords(language).subject, kind);
}

/** Writes a message in the operator's language, in the names that the public knows. It holds no secret and no link but one. */
export function noticeText(config: TextConfig, said: Said): NoticeText {
  const { kind, detail } = said;
  const { language, name } = config.pages;
  const words = noticeWords(language);
  const app = config.apps.find((each) => each.id === detail['app']);
  const remedy = REMEDIES[kind] ?? (detail['by'] === 'administrator' ? 'administrator' : 'owner');
  const body = [
    words.greeting,
    '',
    words.happened[kind],
    ...(kind === 'ticket-issued' && detail['reset'] === 'yes' ? [words.resets] : []),
    '',
    ...factLines(factsOf(config, app, said, words), words, language === 'ar'),
    '',
    ...remedyLines(config, app, remedy, words),
    '',
    words.footer,
    '',
  ];
  return { subject: `${words.subject[kind]} – ${plainName(name) || 'Sallyport'}`, body: body.join('\n') };
}
