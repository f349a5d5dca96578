import { SOURCE_NAMES, sourcesInWords } from '../sources/table.ts';
import { block, flag, list, matching, text, word } from './fields.ts';
import { parseAaguid, parseRelyingPartyId } from './passkey-values.ts';
import { file, line, sessions } from './schema-parts.ts';
import { parseOrigin } from './values.ts';

const passkeys = block(
  {
    offer: flag({
      description: 'Whether passkeys are offered; without them nothing here resists phishing, which check reports.',
    }).prefault(true),
    id: text(parseRelyingPartyId, 'Expected a domain such as login.example.org.', {
      description:
        'Domain that passkeys are bound to for good: the host of the pages or a parent of it; default: the one host of the realm. Scripts of every site under it can ask for these passkeys, so keep it as narrow as the apps allow.',
      examples: ['localhost'],
    }).optional(),
    name: line(64, 'Name that the browser shows; default: that of pages, or the host.', 'Example portal').optional(),
    related: list(
      text(parseOrigin, 'Expected an origin such as https://portal.example.com.', { description: 'An origin.' }),
      'Expected a list of origins, such as [https://portal.example.com].',
      {
        description: 'Origins that share these passkeys although their host is not under id.',
        examples: [['https://portal.example.com']],
      },
    ).prefault([]),
    verification: word(['preferred', 'required'], {
      description: 'Whether PIN or biometry is asked for where the authenticator has it, or always.',
    }).prefault('preferred'),
    models: list(
      text(parseAaguid, 'Expected an AAGUID such as 2fc0579f-8113-47ea-b116-bb5a8db9202a.', {
        description: 'An AAGUID.',
      }),
      'Expected a list of AAGUIDs.',
      {
        description: 'Models (AAGUID) that are accepted, proven by attestation; default: any, without attestation.',
        examples: [['2fc0579f-8113-47ea-b116-bb5a8db9202a']],
      },
    )
      .min(1, 'An empty list would admit every model. List at least one, or leave models out.')
      .optional(),
    roots: file('PEM file of the roots that attestations of these models lead to.', 'attestation-roots.pem').optional(),
  },
  { description: 'Passkeys and security keys (WebAuthn) of this realm.' },
).prefault({});

export const realm = block(
  {
    source: word(SOURCE_NAMES, {
      description: `Where the password is checked: ${sourcesInWords()}.`,
      examples: [SOURCE_NAMES[0]],
    }),
    domains: list(
      matching(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})$/, 'Expected a domain such as CORP or corp.example.', {
        description: 'A domain.',
      }),
      'Expected a list of domains, such as [CORP, corp.example].',
      {
        description: 'For these, CORP\\x and x@corp.example name the account x.',
        examples: [['CORP', 'corp.example']],
      },
    ).prefault([]),
    unicode: flag({ description: 'Whether account names may hold letters outside ASCII.' }).prefault(false),
    passkeys,
    sessions: sessions('Limits of sessions of this realm; what is left out comes from the top.'),
  },
  { description: 'A namespace of accounts.' },
);
