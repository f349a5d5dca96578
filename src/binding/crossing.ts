import type { BoundLogin, Predicate } from '../config/login-types.ts';
import type { AppConfig } from '../config/types.ts';
import type { Clock } from '../lib/clock.ts';
import type { Pattern } from '../lib/pattern.ts';
import { holds } from '../presets/predicates.ts';
import type { AnswerHead, Passage } from '../proxy/passage.ts';
import { HeaderFields } from '../request/fields.ts';
import { bodyOrigins } from './origins.ts';
import { challengeEdit, clientPatterns, common, withoutOf, withoutPacking } from './passages.ts';

/** What all requests to an app under one origin have in common, worked out once. */
export interface Crossing extends Pick<Passage, 'location' | 'refresh'> {
  readonly login: BoundLogin;
  readonly origin: string;
  /** Cookies of the browser that the app may see. */
  readonly client: readonly Pattern[];
  readonly challenge: (value: string) => string | null;
  /** Folded names of request headers that are left out. */
  readonly without: ReadonlySet<string>;
  /** The same for a page whose body is changed. */
  readonly withoutPacking: ReadonlySet<string>;
  /** Bodies of every page may be changed. */
  readonly rewritten: boolean;
  /** What says by the head alone that the person is signed out of the app. */
  readonly lost: readonly Predicate[];
}

/** By configuration: another one has other apps. The last of each is kept, which is asked for under one origin. */
const CROSSINGS = new WeakMap<AppConfig, Crossing>();

/** `login` is that of the app. */
export function crossingOf(app: AppConfig, login: BoundLogin, origin: string): Crossing {
  const known = CROSSINGS.get(app);
  if (known?.origin === origin && known.login === login) return known;
  const made: Crossing = {
    ...common(app, login, origin),
    ...{ login, origin, client: clientPatterns(app, login), challenge: challengeEdit(login) },
    without: withoutOf(login),
    withoutPacking: withoutPacking(login),
    rewritten: bodyOrigins(login, origin).length > 0,
    lost: login.lost.filter(({ body, json, xml }) => body === null && json.size === 0 && xml.size === 0),
  };
  CROSSINGS.set(app, made);
  return made;
}

/** Whether an answer says that the person is signed out of the app; by the head alone: the body has not come yet. */
export function isLost({ lost }: Crossing, { status, raw }: AnswerHead, clock: Pick<Clock, 'now'>): boolean {
  if (!lost.some((each) => each.status === null || each.status.includes(status))) return false;
  const answer = { status, reason: '', headers: HeaderFields.of(raw), body: Buffer.alloc(0) };
  const now = clock.now();
  return lost.some((each) => holds(each, answer, now));
}
