import { block, matching, text, word } from './fields.ts';
import { parseMailServer, parseSender } from './mail-server.ts';
import { file, line } from './schema-parts.ts';
import { parseTimeZone } from './values.ts';

const colour = (description: string, example: string) =>
  matching(/^#[0-9A-Fa-f]{6}$/, 'Expected a colour such as "#0d5f58", quoted.', { description, examples: [example] });

/** How our pages look. */
export const pages = block(
  {
    name: line(64, 'Name beside the logo and in mail; default: Sallyport.', 'Example portal').optional(),
    logo: file('Image beside the name: .svg or .png of at most 24 KiB; default: ours.', 'logo.svg').optional(),
    accent: colour('Colour of buttons and links on light ground; its contrast is checked.', '#0d5f58').optional(),
    accent_dark: colour('The same on dark ground.', '#6fcfc3').optional(),
    time_zone: text(parseTimeZone, 'Expected the name of a time zone, such as Europe/London.', {
      description: 'Zone of the times shown (IANA name). The console shows those of its reader where scripts run.',
    }).prefault('UTC'),
    language: word(['en', 'cy', 'ar'], {
      description: 'Language of mail, and of pages when the browser asks for none that we have.',
    }).prefault('en'),
  },
  { description: 'How our pages look, in your name.' },
).prefault({});

/** Mail that tells people of changes to their account. */
export const mail = block(
  {
    server: text(parseMailServer, 'Expected smtps://user@mail.example.org or smtp://user@mail.example.org.', {
      description:
        'smtps:// (TLS from the first byte, port 465) or smtp:// (STARTTLS demanded, port 587; on this machine without TLS, port 25), each with user and port where needed.',
      examples: ['smtps://portal@mail.example.org'],
    }),
    password_file: file(
      'File that holds the password of the user; or set SALLYPORT_MAIL_PASSWORD.',
      '/etc/sallyport/mail-password',
    ).optional(),
    from: text(parseSender, 'Expected a sender such as Example portal <noreply@example.org>.', {
      description: 'Sender, with or without a name.',
      examples: ['Example portal <noreply@example.org>'],
    }),
    ca: file(
      'PEM file of the authority of the mail server; default: those that Node trusts.',
      'mail-ca.pem',
    ).optional(),
  },
  { description: 'Mail about changes to accounts; default: none is sent.' },
).optional();
