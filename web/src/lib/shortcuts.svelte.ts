/** Keyboard shortcuts: who listens, for which strokes, and the sheet that lists them. */
import { createContext, onMount } from "svelte";
import { SvelteMap } from "svelte/reactivity";
import { isBusyElsewhere } from "#lib/ui/row-keys.ts";

export type Shortcut = {
  /** One stroke (`c`) or two after another (`g c`). */
  readonly keys: string;
  readonly label: string;
  readonly group: "Go to" | "On this page" | "Everywhere";
  readonly run: () => void;
};

const betweenStrokesMs = 1_000;

export class Shortcuts {
  readonly #all = new SvelteMap<string, Shortcut>();
  #first = "";
  #firstAt = 0;

  get list(): Shortcut[] {
    return [...this.#all.values()];
  }
  /** Returns how to take it back. */
  add(shortcut: Shortcut): () => void {
    this.#all.set(shortcut.keys, shortcut);
    return () => {
      if (this.#all.get(shortcut.keys) === shortcut) this.#all.delete(shortcut.keys);
    };
  }
  press(event: KeyboardEvent): void {
    if (
      event.metaKey ||
      event.ctrlKey ||
      event.altKey ||
      event.defaultPrevented ||
      isBusyElsewhere(event.target)
    )
      return;
    const recent = event.timeStamp - this.#firstAt < betweenStrokesMs;
    const pair = recent && this.#first ? `${this.#first} ${event.key}` : "";
    const found = this.#all.get(pair) ?? this.#all.get(event.key);
    this.#first = event.key;
    this.#firstAt = event.timeStamp;
    if (!found) return;
    event.preventDefault();
    this.#first = "";
    found.run();
  }
}

export const [useShortcuts, provideShortcuts] = createContext<Shortcuts>();

/** While this component is on the page: `shortcut("c", "Create campaign", () => …)`. */
export function shortcut(
  keys: string,
  label: string,
  run: () => void,
  group: Shortcut["group"] = "On this page",
): void {
  const shortcuts = useShortcuts();
  onMount(() => shortcuts.add({ keys, label, group, run }));
}
