import { stoppedAfter } from '../../manage/stopped.ts';
import type { RollCall } from '../../store/types.ts';
import type { Messages } from '../messages/types.ts';
import { type Asked, addressOf } from './address.ts';

/** What was done, by the name of the sentence that tells of it. */
export type Done = keyof Messages['consoleSaid']['done'];

/** How sessions ended: how many, and when the last that they had open stopped. */
export interface EndedFigure {
  readonly sessions: number;
  /** Requests, streams and sockets that were cut; null: nobody knows. */
  readonly streams: number | null;
  /** Until the last of them stopped, or, where nothing was open, until it was in force; null: nobody knows. */
  readonly ms: number | null;
  /** Nodes that did not answer. */
  readonly silent: number;
}

/** What the page after an act says of it: a sentence of ours by its name, and figures; no text of the address. */
export interface Said {
  readonly done: string | undefined;
  readonly ended: EndedFigure | undefined;
}

const FIGURE = /^\d{1,9}$/;

function figureOf(asked: Asked, name: string): number | null {
  const text = asked.get(name);
  return text === undefined || !FIGURE.test(text) ? null : Number(text);
}

/** Reads what `after` has written. */
export function saidOf(asked: Asked): Said {
  const sessions = figureOf(asked, 'ended');
  const [streams, ms, silent] = ['streams', 'ms', 'silent'].map((name) => figureOf(asked, name));
  const ended =
    sessions === null ? undefined : { sessions, streams: streams ?? null, ms: ms ?? null, silent: silent ?? 0 };
  return { done: asked.get('done'), ended };
}

/** Where a form leads once it was done: the page says so. */
export function after(path: string, done: Done): string {
  return addressOf(path, { done });
}

/** What came of ending sessions, for the page that says so. */
export function endedFigure(sessions: number, force: RollCall): EndedFigure {
  return { sessions, streams: force.cut, ms: stoppedAfter(force), silent: force.silent.length };
}

/** Where a form leads that has ended sessions. */
export function afterEnding(path: string, { sessions, streams, ms, silent }: EndedFigure): string {
  const parted = path.indexOf('?');
  const [place, query] = parted === -1 ? [path, ''] : [path.slice(0, parted), path.slice(parted + 1)];
  const kept = Object.fromEntries(new URLSearchParams(query));
  return addressOf(place, {
    ...kept,
    ended: sessions,
    streams: streams ?? undefined,
    ms: ms === null ? undefined : Math.ceil(ms),
    silent: silent === 0 ? undefined : silent,
  });
}
