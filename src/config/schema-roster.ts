import { block, duration, flag, text } from './fields.ts';
import { parseLdapUrl, parseListUrl } from './roster-values.ts';
import { DAY, file, HOUR, line } from './schema-parts.ts';
import { parseStore } from './values.ts';

const sql = block(
  {
    store: text(parseStore, 'Expected sqlite:///path/to/file.db or postgres://user@host/database.', {
      description: 'The database of the app; a file is opened to be read alone.',
      examples: ['postgres://reader@db.example.org/portal'],
    }),
    query: line(4000, 'One SELECT; a column of it has the names.', "SELECT login FROM users WHERE status = 'active'"),
  },
  { description: 'A query of the database of the app.' },
);

const ldap = block(
  {
    url: text(parseLdapUrl, 'Expected ldaps://host or ldap://host, with a port where needed.', {
      description: 'The directory; ldap:// begins with StartTLS and is refused without it, but on this machine.',
      examples: ['ldaps://ldap.example.org'],
    }),
    base: line(1000, 'Where the search begins.', 'ou=people,dc=example,dc=org'),
    filter: line(1000, 'Whom it finds (RFC 4515).', '(objectClass=person)'),
  },
  { description: 'A search in a directory (RFC 4511), in pages (RFC 2696).' },
);

/** The app's own list of accounts, and what follows from comparing it with ours. */
export const roster = block(
  {
    file: file('CSV file with the names; read again each time.', 'portal-accounts.csv').optional(),
    url: text(parseListUrl, 'Expected an address such as https://portal.example.org/accounts.csv.', {
      description: 'Where the list is asked for by GET: CSV, or a JSON array. No redirect is followed.',
      examples: ['https://portal.example.org/export/accounts.csv'],
    }).optional(),
    sql: sql.optional(),
    ldap: ldap.optional(),
    column: line(
      128,
      'Column, member or attribute with the name; default: account, else the first (a directory: uid).',
      'login',
    ).optional(),
    user: line(256, 'User for url (Basic), or the name to bind with for ldap.', 'reader').optional(),
    password_file: file(
      'File of the password of user, or of the database; read each time.',
      'roster-password',
    ).optional(),
    token_file: file('File of a token for url, sent as Bearer; read each time.', 'roster-token').optional(),
    ca: file('PEM file of the authority of url or ldap; default: those that Node trusts.', 'roster-ca.pem').optional(),
    every: duration(HOUR, 30 * DAY, '1h to 30d', { description: 'How often the list is read.' }).prefault('24h'),
    dormant_after: duration(DAY, 3650 * DAY, '1d to 3650d', {
      description: 'An account of the list that was not used for so long is dormant; default: none is.',
      examples: ['90d'],
    }).optional(),
    disable_dormant: flag({
      description:
        'Whether dormant accounts are disabled when the list is read; those of people with a role never are.',
    }).prefault(false),
  },
  {
    description:
      'The list of accounts that the app itself has, compared with ours: by whom it could be entered past us, and who is here for nothing. Without a source it is read when somebody brings it.',
  },
);
