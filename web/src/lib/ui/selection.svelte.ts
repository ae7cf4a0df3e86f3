/** Which rows of a table are ticked. */
import { SvelteSet } from "svelte/reactivity";

export class Selection {
  readonly #ids = new SvelteSet<string>();

  get size(): number {
    return this.#ids.size;
  }
  get ids(): string[] {
    return [...this.#ids];
  }
  has(id: string): boolean {
    return this.#ids.has(id);
  }
  set(id: string, on: boolean): void {
    if (on) this.#ids.add(id);
    else this.#ids.delete(id);
  }
  toggle(id: string): void {
    this.set(id, !this.has(id));
  }
  /** All of `ids`, or, when they all are ticked, none of them. */
  toggleAll(ids: readonly string[]): void {
    const on = !ids.every((id) => this.has(id));
    for (const id of ids) this.set(id, on);
  }
  clear(): void {
    this.#ids.clear();
  }
}
