import { parseDuration } from '../lib/duration.ts';

/** The longest life of a link: what is not on record may have been that. */
const LONGEST = 7 * 86_400_000;

/** A life as entries of before have it (`24h`), ms; the longest where they do not say. */
export function parseLife(text: string | null): number {
  return (text === null ? undefined : parseDuration(text)) ?? LONGEST;
}
