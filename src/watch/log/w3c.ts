import { ID_FORM, type LineReader, pathOf, saidOf, statusOf } from './types.ts';

const fold = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** Most columns of a log. */
const MOST_COLUMNS = 200;

/** W3C extended log files, as IIS writes them: columns as the last `#Fields:` names them, times in UTC. */
export function w3cReader(): LineReader {
  let columns: ReadonlyMap<string, number> = new Map();
  return (line) => {
    if (line.startsWith('#Fields:')) {
      const names = line.slice('#Fields:'.length).trim().split(/\s+/).slice(0, MOST_COLUMNS);
      columns = new Map(names.map((name, i) => [fold(name), i]));
      return null;
    }
    if (line.startsWith('#') || line.trim() === '') return null;
    const values = line.split(' ');
    if (columns.size === 0 || values.length !== columns.size) return undefined;
    const of = (name: string): string | null => saidOf(values[columns.get(name) ?? -1]);
    const idColumn = [...columns.keys()].find((name) => name.endsWith('sallyportrequest'));
    const id = idColumn === undefined ? null : of(idColumn);
    const at = Date.parse(`${of('date')}T${of('time')}Z`);
    if (Number.isNaN(at)) return undefined;
    return {
      at,
      client: of('cip'),
      user: of('csusername'),
      method: of('csmethod'),
      path: pathOf(of('csuristem')),
      status: statusOf(of('scstatus') ?? undefined),
      id: id !== null && ID_FORM.test(id) ? id : null,
    };
  };
}
