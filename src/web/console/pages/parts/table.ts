import { type Html, html } from '../../../../lib/html.ts';

/** A column: its heading, and how its cells look; `roomy`: shown only where there is room. */
export interface Column {
  readonly label: string;
  readonly look?: 'number' | 'pick' | 'acts' | 'roomy';
  /** The heading is for voices alone: what stands in the cells says enough. */
  readonly unseen?: true;
}

export interface TableParts {
  readonly caption: string;
  readonly columns: readonly Column[];
  /** A cell for each column. */
  readonly rows: readonly (readonly Html[])[];
  /** Which cell names its row; default: the first. */
  readonly named?: number;
  /** By what a script knows each row. */
  readonly ids?: readonly (number | string)[];
}

function heading({ label, look, unseen }: Column): Html {
  const text = unseen === true ? html`<span class="unseen">${label}</span>` : html`${label}`;
  return html`<th scope="col" role="columnheader"${look !== undefined && html` class="${look}"`}>${text}</th>`;
}

function cell({ label, look, unseen }: Column, content: Html, names: boolean): Html {
  const looks = [look, content.text === '' && 'blank'].filter((each) => each !== undefined && each !== false).join(' ');
  const shown = html`${looks !== '' && html` class="${looks}"`}`;
  if (names) return html`<th scope="row" role="rowheader"${shown}>${content}</th>`;
  return html`<td role="cell"${shown}${unseen !== true && html` data-label="${label}"`}><div>${content}</div></td>`;
}

/** The rows alone, for a table that is there. */
export function tableRows({ columns, rows, named = 0, ids = [] }: Omit<TableParts, 'caption'>): readonly Html[] {
  return rows.map((cells, at) => {
    const id = ids[at];
    return html`<tr role="row"${id !== undefined && html` data-id="${id}"`}>${cells.map((content, i) => {
      const column = columns[i];
      return column === undefined ? html`` : cell(column, content, i === named);
    })}</tr>\n`;
  });
}

/**
 * A table that is a list of cards on a narrow screen, where each cell says what it is. Roles are written out, since a browser
 * forgets that a table is one once it is laid out otherwise.
 */
export function table(parts: TableParts): Html {
  const { caption, columns } = parts;
  return html`<div class="list"><table role="table"><caption>${caption}</caption><thead role="rowgroup"><tr role="row">${columns.map(heading)}</tr></thead>
<tbody role="rowgroup">${tableRows(parts)}</tbody></table></div>`;
}

/** In place of a table without rows: why, and what to do first. */
export function empty(text: string, more: Html = html``): Html {
  return html`<div class="empty"><p>${text}</p>${more}</div>`;
}
