import type { Ended } from '../../../manage/stopped.ts';
import { type Answer, json, see, showPage } from '../../reply.ts';
import { endedPage } from '../pages/sessions/ended.ts';
import { afterEnding, endedFigure } from '../said.ts';
import type { ConsolePost } from './route.ts';

/**
 * What sessions ended, and when the last that they had open stopped: on the page where the person goes on, or, where their own
 * session was among them, on the last that they are shown.
 */
export function endedAnswer({ context, form }: ConsolePost, { done, force }: Ended, next: string): Answer {
  const figure = endedFigure(done, force);
  if (form.kind === 'json') return json({ ok: true, ...figure });
  if (context.session.ended) return showPage(200, endedPage(context.frame, figure));
  return see(afterEnding(next, figure));
}
