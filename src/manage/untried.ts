import type { AppConfig } from '../config/types.ts';
import type { Trial } from './trials.ts';

const day = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** What a trial says of the app as it is configured now; null: it was another preset, or something did not hold. */
export function triedHere({ login }: Pick<AppConfig, 'login'>, trial: Trial | undefined): string | null {
  if (login.kind !== 'bound' || trial?.held !== true || trial.digest !== login.digest) return null;
  return `here on ${day(trial.at)}${trial.product === null ? '' : ` with ${trial.product}`}`;
}

function whyUntried(trial: Trial | undefined): string {
  if (trial === undefined) return 'no trial of it on your product is on record';
  if (!trial.held) return `it did not hold when it was tried on ${day(trial.at)}`;
  return `it has changed since it was tried on ${day(trial.at)}`;
}

export interface UntriedApp {
  readonly app: string;
  readonly preset: string;
  /** Why it counts as not tried. */
  readonly why: string;
}

/** Apps whose preset was written from documentation and has not been tried where it stands, as it is now. */
export function untriedOf(apps: readonly AppConfig[], trials: ReadonlyMap<string, Trial>): readonly UntriedApp[] {
  return apps.flatMap((app) => {
    const { id, login } = app;
    if (login.kind !== 'bound' || login.tested.length > 0) return [];
    const trial = trials.get(id);
    return triedHere(app, trial) === null ? [{ app: id, preset: login.preset, why: whyUntried(trial) }] : [];
  });
}
