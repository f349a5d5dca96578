import { readdirSync, readFileSync } from 'node:fs';

interface Process {
  readonly id: number;
  readonly parent: number;
  readonly session: number;
  readonly state: string;
}

/** Every process of this machine (proc_pid_stat(5)); none where there is no /proc. */
function processes(): Process[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap(read);
  } catch {
    return [];
  }
}

function read(id: string): Process[] {
  try {
    const stat = readFileSync(`/proc/${id}/stat`, 'latin1');
    // The name stands in parentheses and may hold any character.
    const end = stat.lastIndexOf(')');
    const [state = '', parent, , session] = stat.slice(end + 2).split(' ');
    return [{ id: Number(id), parent: Number(parent), session: Number(session), state }];
  } catch {
    // It has just ended.
    return [];
  }
}

/** The living processes that the leader of a session started, directly or not, and itself. */
export function kinOf(leader: number): number[] {
  const all = processes();
  const kin = new Set([leader]);
  for (let before = 0; before < kin.size; ) {
    before = kin.size;
    for (const { id, parent, session } of all) if (session === leader || kin.has(parent)) kin.add(id);
  }
  // What has ended and was not yet asked about (zombie) holds nothing.
  return all.filter(({ id, state }) => kin.has(id) && state !== 'Z' && state !== 'X').map(({ id }) => id);
}

/** How a process was called, shortened; its number where that is not to be had. */
export function commandOf(id: number): string {
  try {
    const command = readFileSync(`/proc/${id}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return `${id} (${command.slice(0, 160)})`;
  } catch {
    return String(id);
  }
}

/** Ends them all at once, with no time to object. */
export function endKin(leader: number): void {
  for (const id of kinOf(leader)) end(id);
  // Where there is no /proc: at least its own process group.
  end(-leader);
}

function end(id: number): void {
  try {
    process.kill(id, 'SIGKILL');
  } catch {
    // It has ended by itself meanwhile.
  }
}

const TICKS_A_SECOND = 100;

/** Seconds of processor time of this process and of all that it waited for (proc_pid_stat(5), 14 to 17); 0 where there is no /proc. */
export function processorSeconds(): number {
  try {
    const stat = readFileSync('/proc/self/stat', 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_A_SECOND;
  } catch {
    return 0;
  }
}
