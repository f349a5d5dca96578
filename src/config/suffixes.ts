import { lazily } from '../lib/lazy.ts';

/** The public suffix list, when a domain has to be judged by it. */
const tldts = lazily<typeof import('tldts')>('tldts');

/** Suffixes that companies run for customers count. */
const OPTIONS = { allowPrivateDomains: true } as const;

export function publicSuffixOf(name: string): string | null {
  return tldts().getPublicSuffix(name, OPTIONS);
}

/** The registrable label: `example` of `www.example.co.uk`. */
export function ownLabelOf(name: string): string | null {
  return tldts().getDomainWithoutSuffix(name, OPTIONS);
}
