import { presetNames } from '../config/preset/load.ts';
import type { AppConfig, Config } from '../config/types.ts';
import { lastTrials, recordTrial, type Trial } from '../manage/trials.ts';
import { untriedOf } from '../manage/untried.ts';
import { CommandRefused } from '../terminal/exit.ts';
import type { Installed } from '../workbench/preset/installed.ts';
import { act, commandLine, configOf, lookInto, type Where } from './context.ts';

/** For commands that try presets. */
export const installed: Installed = {
  async app(where, id) {
    const config = await configOf(where);
    const app = config.apps.find((each) => each.id === id);
    if (app !== undefined) return app;
    throw new CommandRefused(`There is no app ${id}: there are ${config.apps.map((each) => each.id).join(', ')}.`);
  },
  async keep(where, { app, product, failed }) {
    if (app.login.kind !== 'bound') return;
    const { preset, digest } = app.login;
    await act(where, recordTrial, { app: app.id, preset, digest, product, failed });
  },
};

/** Last trials by app; none where there is no database that can be read. */
export async function trialsOf(config: Config): Promise<ReadonlyMap<string, Trial>> {
  return (await lookInto(config, lastTrials)) ?? new Map();
}

export interface Untried {
  readonly app: string;
  readonly message: string;
}

/** Apps whose preset is still to be tried, with the command that does it. */
export function untriedApps(
  where: Where,
  apps: readonly AppConfig[],
  trials: ReadonlyMap<string, Trial>,
): readonly Untried[] {
  return untriedOf(apps, trials).map(({ app, preset, why }) => {
    const remedy = commandLine(where, `preset test --app ${app}`);
    const origin = presetNames().includes(preset) ? 'was written from documentation' : 'was recorded or written here';
    return { app, message: `The preset ${preset} ${origin}, and is not tried: ${why}; run ${remedy}` };
  });
}

/** Whether there is anything to look up. */
export function asksForTrials(apps: readonly AppConfig[]): boolean {
  return apps.some(({ login }) => login.kind === 'bound' && login.tested.length === 0);
}
