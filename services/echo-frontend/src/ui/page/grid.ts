/** The fewest cells. At the page's highest rate, with a burst, no cell changes more than three times per second. */
export const MIN_CELLS = 150;

/** Cells in the order of reading. A new one overwrites the oldest in place, so that no other cell changes. */
export class Grid<Cell> {
  #cells: (Cell | undefined)[] = [];
  #next = 0;
  #capacity = MIN_CELLS;

  /** Puts a cell into the next place. @returns the places that changed: its own, and the gap after the newest */
  add(cell: Cell): number[] {
    const place = this.#next;
    this.#cells[place] = cell;
    this.#next = (place + 1) % this.#capacity;
    // A gap shows where the newest cell is.
    this.#cells[this.#next] = undefined;
    return [place, this.#next];
  }

  at(place: number): Cell | undefined {
    return this.#cells[place];
  }

  /** The number of places. */
  get capacity(): number {
    return this.#capacity;
  }

  /** Changes the number of places. The newest cells stay, from the first place on. */
  resize(capacity: number): void {
    if (capacity === this.#capacity) return;
    const ordered = [...this.#cells.slice(this.#next), ...this.#cells.slice(0, this.#next)];
    const kept = ordered.filter((cell) => cell !== undefined).slice(1 - capacity);
    this.#capacity = capacity;
    this.#cells = kept;
    this.#next = kept.length;
  }

  clear(): void {
    this.#cells = [];
    this.#next = 0;
  }
}
