import type { EvidenceWish } from '../../../manage/evidence.ts';
import type { Answer } from '../../reply.ts';
import { packAnswer } from '../evidence/answer.ts';
import type { Exports } from '../evidence/exports.ts';
import type { Asking } from './asking.ts';
import { sentInput } from './change.ts';

/** A pack of evidence, sent as it is made. */
export async function handOut(asking: Asking, exports: Exports): Promise<Answer> {
  const wish = (await sentInput(asking)) as EvidenceWish; // read by the form that is of it
  const { asker, request } = asking;
  const { manage, holder, over } = asker;
  return packAnswer(wish, await exports.begin({ manage, holder, over, wish, socket: request.socket }));
}
