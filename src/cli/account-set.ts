import type { Command } from 'commander';
import { setAccount } from '../manage/account-set.ts';
import { CommandMisused } from '../terminal/exit.ts';
import { json, type Output, record } from '../terminal/output.ts';
import { COLUMNS } from './account-list.ts';
import { act, type Where } from './context.ts';
import { groupNames } from './groups.ts';
import { forceRecord, tellForce } from './in-force.ts';

interface Options extends Where {
  readonly realm?: string;
  readonly json?: true;
  readonly groups?: string;
  readonly addGroup?: readonly string[];
  readonly removeGroup?: readonly string[];
  /** false: `--no-email`. */
  readonly email?: string | false;
}

function wishOf({ groups, addGroup: addGroups, removeGroup: removeGroups, email }: Options) {
  if ([groups, addGroups, removeGroups, email].every((each) => each === undefined))
    throw new CommandMisused('Say what to change: --groups, --add-group, --remove-group, --email or --no-email.');
  const listed = groups?.split(/[,\s]+/).filter((each) => each !== '');
  return {
    groups: listed,
    addGroups: groupNames(addGroups),
    removeGroups: groupNames(removeGroups),
    email: email === false ? null : email,
  };
}

/** Makes `account set` of a command. */
export function setCommand(output: Output, command: Command): void {
  command
    .description('changes groups or e-mail address of an account, at once; the old address is told')
    .option('--groups <names>', "groups in place of those it has, parted by commas; '' for none")
    .option('--add-group <name...>', 'groups besides those it has')
    .option('--remove-group <name...>', 'groups it is no longer in')
    .option('--email <address>', 'where to reach the person')
    .option('--no-email', 'no address any more')
    .action(async (name: string, options: Options) => {
      const wish = wishOf(options);
      const { done: row, force } = await act(options, setAccount, { account: name, realm: options.realm, ...wish });
      const { changed } = row;
      if (options.json === true) return json(output, { ...record(COLUMNS, row), changed, ...forceRecord(force) });
      const groups = row.groups.length === 0 ? 'no groups' : `the groups ${row.groups.join(' ')}`;
      const address = row.email === null ? 'no e-mail address' : `the address ${row.email}`;
      output.line(`${row.name} ${row.changed ? 'now has' : 'is as it was, with'} ${groups} and ${address}.`);
      tellForce(output, force);
    });
}
