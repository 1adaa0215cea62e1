/** An element of the page. @throws {Error} if the page has none with this id and type */
export function element<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`#${id} is missing`);
  return found;
}

/** Replaces the text of an element, if it changed: a selection of the user stays. */
export function setText(id: string, value: string): void {
  const found = element(id, HTMLElement);
  if (found.textContent !== value) found.textContent = value;
}

/** Replaces the rows of a table's body, if a text changed. The first cell of a row is its header. */
export function setRows(id: string, rows: readonly (readonly string[])[]): void {
  const body = element(id, HTMLTableSectionElement);
  const shown = [...body.rows].map((row) => [...row.cells].map((cell) => cell.textContent));
  if (JSON.stringify(shown) === JSON.stringify(rows)) return;
  body.replaceChildren(...rows.map(rowOf));
}

function rowOf([name = "", ...values]: readonly string[]): HTMLTableRowElement {
  const row = document.createElement("tr");
  const header = document.createElement("th");
  header.scope = "row";
  header.textContent = name;
  row.append(header);
  for (const value of values) row.insertCell().textContent = value;
  return row;
}
