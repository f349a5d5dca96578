import type { CoverageAnswer } from '../../../../manage/coverage-form.ts';
import type { CoverageQuery } from './wish.ts';

export interface CoverageView {
  /** undefined: what is asked for cannot be meant. */
  readonly answer: CoverageAnswer | undefined;
  /** As it was typed. */
  readonly asked: CoverageQuery;
  readonly around: { readonly first: string | null; readonly back: string | null; readonly next: string | null };
}
