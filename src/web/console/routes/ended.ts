import type { Ended } from '../../../manage/stopped.ts';
import { type Answer, json, see, showPage } from '../../reply.ts';
import { endedPage } from '../pages/sessions/ended.ts';
import { after, afterEnding, type Done, endedFigure } from '../said.ts';
import type { ConsolePost } from './route.ts';

/**
 * What sessions ended, and when the last that they had open stopped: on the page where the person goes on, or, where their own
 * session was among them, on the last that they are shown.
 */
export function endedAnswer({ context, form }: ConsolePost, { sessions, force }: Ended<unknown>, next: string): Answer {
  const figure = endedFigure(sessions, force);
  if (form.kind === 'json') return json({ ok: true, ...figure });
  if (context.session.ended) return showPage(200, endedPage(context.frame, figure));
  return see(afterEnding(next, figure));
}

/** The same for an act that does something else besides, which is said too. Where no session ended, nothing is said of sessions. */
export function doneAnswer(post: ConsolePost, ended: Ended<unknown>, path: string, what: Done): Answer {
  const next = after(path, what);
  if (post.form.kind === 'json')
    return json({ ok: true, next, ...(ended.sessions === 0 ? {} : endedFigure(ended.sessions, ended.force)) });
  return ended.sessions === 0 ? see(next) : endedAnswer(post, ended, next);
}
