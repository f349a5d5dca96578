import type { Random } from '../lib/random.ts';
import type { Services } from '../operations/types.ts';
import type { Seal } from '../store/seal.ts';

export interface EnrolContext extends Services {
  readonly random: Random;
  readonly seal: Seal;
}
