import * as z from 'zod';
import { block, expecting, list, matching, text } from './fields.ts';
import { door, surface, whoami } from './preset/schema.ts';
import { DAY, file, group, line, SECOND } from './schema-parts.ts';
import { DURATION, durationBetween, parseDay } from './values.ts';

const presetName = matching(
  /^(?:[a-z0-9][a-z0-9-]{0,63}|[^\0]*\.yml)$/,
  'Expected the name of a preset such as dokuwiki (sallyport preset list), or the path of a file that ends in .yml.',
  {
    description: 'How the app signs people in: a preset of ours by name, or a file of your own.',
    examples: ['dokuwiki'],
  },
);

const unboundBlock = block(
  {
    reason: line(200, 'Why the app’s own login is not bound.', 'its form is encrypted by script, replaced in March'),
    owner: line(200, 'Who answers for it.', 'ops@example.org'),
    expires: text(
      (raw) => {
        const day = parseDay(raw);
        return 'value' in day ? { value: { text: raw, end: day.value } } : day;
      },
      'Expected a date as YYYY-MM-DD.',
      { description: 'The last day (UTC); after it nothing is forwarded to the app.', examples: ['2099-12-31'] },
    ),
  },
  {
    description:
      'The app has a login of its own that is not bound: whoever passes the factor may sign in there as anybody. An exception, which is reported.',
  },
);

const scalars = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String), {
  error: expecting('Expected a block of parameters with their values.'),
});

const loginBlock = block(
  {
    preset: presetName.optional(),
    unbound: unboundBlock.optional(),
    order: z
      .enum(['factor-first', 'login-first'], { error: expecting('Expected factor-first or login-first.') })
      .meta({
        description:
          'factor-first: nobody sees the app before the second factor. login-first: the app’s own sign-in page comes first.',
      })
      .prefault('factor-first'),
    params: scalars.meta({ description: 'Parameters of the preset.', 'x-examples': [{ base: '/wiki' }] }).prefault({}),
    recheck: text(
      (raw) => (raw === '0s' ? { value: 0 } : durationBetween(SECOND, DAY, '1s to 1d, or 0s')(raw)),
      `${DURATION} Or 0s.`,
      { description: 'The app is asked again who is signed in after this time; 0s: before every request.' },
    ).prefault('1m'),
    fill: z
      .boolean({ error: expecting('Expected true or false.') })
      .meta({ description: 'Write the name into the app’s sign-in page.', 'x-default': 'as the preset says' })
      .optional(),
    doors: list(door, 'Expected a list of doors.', {
      description: 'More ways in that are refused.',
      examples: [[{ path: '/api/login' }]],
    }).prefault([]),
    anon: list(surface, 'Expected a list of paths.', {
      description: 'More of what may be seen before signing in (login-first).',
      examples: [[{ path: '/logo.png', static: true }]],
    }).prefault([]),
    whoami: whoami.optional(),
    password_file: file(
      'File of the password of the app’s one account (account.one), one line, readable by us alone; it is sent in place of what is typed. Default: people type it.',
      'appliance.password',
    ).optional(),
    held_by: block(
      {
        accounts: list(
          text((raw) => ({ value: raw }), 'Expected the name of an account.', { description: 'An account.' }),
          'Expected a list of accounts, such as [alice].',
          {
            description: 'Accounts of the realm.',
            examples: [['alice']],
          },
        ).prefault([]),
        groups: list(group, 'Expected a list of groups, such as [ops].', {
          description: 'Whoever is in one of these groups.',
          examples: [['ops']],
        }).prefault([]),
      },
      { description: 'Who holds the one account of an app whose preset has no other (account.one); default: nobody.' },
    ).optional(),
  },
  { description: 'How the app signs people in: a preset with options, or the declaration that it is unbound.' },
);

/** `none`, the name of a preset, or a block. */
export const login = z
  .union(
    [
      presetName.transform((name) => (name === 'none' ? ('none' as const) : loginBlock.parse({ preset: name }))),
      loginBlock,
    ],
    {
      error: expecting('Expected none, the name of a preset, or a block.'),
    },
  )
  .meta({
    description: 'How the app signs people in: none (by the assertion or the identity headers), a preset, or a block.',
    'x-examples': ['dokuwiki'],
  })
  .prefault('none');
