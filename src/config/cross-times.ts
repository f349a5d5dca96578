import { formatDuration } from '../lib/duration.ts';
import type { View } from './check.ts';
import { inherit } from './resolve.ts';
import { SESSION_DEFAULTS } from './schema-parts.ts';
import type { Finding, Path } from './source.ts';

const DAY = 86_400_000;

/** The written sessions of every level with what they come to. */
function* limits({ sound }: View): Generator<{ idleMs: number; absoluteMs: number; path: Path; written: boolean }> {
  const top = inherit(sound.sessions, SESSION_DEFAULTS);
  yield { ...top, path: ['sessions'], written: sound.sessions !== undefined };
  for (const [id, realm] of Object.entries(sound.realms)) {
    yield { ...inherit(realm.sessions, top), path: ['realms', id, 'sessions'], written: realm.sessions !== undefined };
  }
  for (const [id, app] of Object.entries(sound.apps)) {
    const realm = sound.realms[app.realm];
    const path = ['apps', id, 'sessions'];
    if (realm !== undefined)
      yield { ...inherit(app.sessions, inherit(realm.sessions, top)), path, written: app.sessions !== undefined };
  }
}

export function* checkSessions(view: View): Generator<Finding> {
  for (const { idleMs, absoluteMs, path, written } of limits(view)) {
    if (!written || idleMs <= absoluteMs) continue;
    yield {
      path,
      message: `idle (${formatDuration(idleMs)}) is longer than absolute (${formatDuration(absoluteMs)}); what is left out comes from the level above. Write both, idle the shorter.`,
    };
  }
}

/** One heartbeat may be late without anybody noticing. */
export function* checkNodes({ sound }: View): Generator<Finding> {
  const { heartbeat, trust } = sound.nodes;
  if (2 * heartbeat <= trust) return;
  yield {
    path: ['nodes'],
    message: `trust (${formatDuration(trust)}) must be at least twice heartbeat (${formatDuration(heartbeat)}); what is left out is 250ms and 1s.`,
  };
}

export function* findLongSessions(view: View): Generator<Finding> {
  for (const { absoluteMs, path, written } of limits(view)) {
    if (!written || absoluteMs <= DAY) continue;
    yield {
      path: [...path, 'absolute'],
      message: 'Sessions of more than 24h are against the recommendation of NIST SP 800-63B-4 §2.2.3. Shorten it.',
    };
  }
}
