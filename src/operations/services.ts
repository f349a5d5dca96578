import type { Services } from './types.ts';

/** The surroundings of operations that tell nobody anything. */
export function withoutNotices({ store, clock }: Pick<Services, 'store' | 'clock'>): Services {
  return { store, clock, notices: { tell: async () => {} } };
}
