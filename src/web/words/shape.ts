import type { Language } from '../../lib/languages.ts';
import type { Messages } from '../messages/types.ts';

/** A catalogue: what our pages say in one language, by page. A sentence that English lacks does not compile. */
export interface Words extends Messages, Pick<Language, 'locale' | 'dir'> {
  readonly language: Language['code'];
}
