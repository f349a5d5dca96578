import * as z from 'zod';
import { block, duration, expecting, matching } from './fields.ts';

export const SECOND = 1000;
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** The defaults of session limits; NIST SP 800-63B-4 §2.2.3 recommends at most 24 h and 1 h of inactivity at AAL2. */
export const SESSION_DEFAULTS = { idleMs: 30 * 60_000, absoluteMs: 8 * HOUR } as const;

/** A name of the operator's choice for a realm or an app. */
export const id = z
  .string({ error: expecting('Expected a name of 1 to 32 lower-case letters, digits and hyphens.') })
  .regex(
    /^[a-z][a-z0-9-]{0,31}$/,
    'Expected a name of 1 to 32 lower-case letters, digits and hyphens that begins with a letter.',
  );

/** The path of a file; relative ones start at the folder of the configuration. */
export const file = (description: string, example: string) =>
  matching(/^[^\0]+$/, 'Expected the path of a file.', { description, examples: [example] });

/** One line for people, of so many characters at most. */
export const line = (most: number, description: string, example: string) =>
  matching(
    new RegExp(`^(?=\\S)[^\\x00-\\x1f\\x7f]{1,${most}}(?<=\\S)$`, 'u'),
    `Expected one line of 1 to ${most} characters.`,
    {
      description,
      examples: [example],
    },
  );

/** Limits of sessions, at each level. */
export const sessions = (description: string) =>
  block(
    {
      idle: duration(SECOND, 30 * DAY, '1s to 30d', {
        description: 'A session ends after this time without a request of the person.',
        default: '30m',
      }).optional(),
      absolute: duration(SECOND, 30 * DAY, '1s to 30d', {
        description: 'A session ends after this time in any case; more than 24h is reported by check.',
        default: '8h',
      }).optional(),
    },
    { description },
  ).optional();

/** How long an entry of the record stays, at least; at most a day longer. */
const kept = (least: number, limits: string, description: string) =>
  duration(least, 3650 * DAY, limits, { description });

export const retention = block(
  {
    refusals: kept(DAY, '1d to 3650d', 'Requests, sign-ins and tickets that were refused.').prefault('90d'),
    sign_ins: kept(DAY, '1d to 3650d', 'Sign-ins, sign-outs, and sessions that were opened.').prefault('400d'),
    running: kept(DAY, '1d to 3650d', 'Starts and stops, jumps of the clock, mail that failed.').prefault('400d'),
    decisions: kept(
      30 * DAY,
      '30d to 3650d',
      'What changed who may do what: enrolments, tickets, revocations, accounts, authenticators, keys, configuration.',
    ).prefault('2190d'),
    rosters: kept(
      DAY,
      '1d to 3650d',
      'Names in the lists of accounts that apps themselves have, since a list was last read so; its numbers and its digest stay as long as decisions.',
    ).prefault('90d'),
  },
  {
    description:
      'How long the record is kept, by kind of entry. What goes is counted, dated and given a digest in an entry audit.dropped.',
  },
).prefault({});

export const group = matching(
  /^(?=\S)[^\0-\x1f\x7f,]{1,64}(?<=\S)$/u,
  'Expected the name of a group: 1 to 64 characters without commas.',
  { description: 'A group.' },
);
