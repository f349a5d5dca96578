import { systemClock } from '../../src/lib/clock.ts';
import type { LookStore } from '../../src/store/types.ts';
import { OrganisationLooks } from '../../src/web/looks.ts';

/** Of a house where no organisation has a name, a logo or a host. */
const store = {
  byHost: async () => new Map(),
  ofOrganisation: async () => undefined,
  logoByHash: async () => undefined,
} as Partial<LookStore> as LookStore;

export const NO_LOOKS = new OrganisationLooks({
  store: { looks: store },
  clock: systemClock,
  failed: (error) => {
    throw error;
  },
});
