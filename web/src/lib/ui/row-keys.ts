/** j and k walk through the rows of a table, x ticks the one that has the focus. */
export function rowKeys(table: HTMLElement, toggle: ((id: string) => void) | undefined) {
  function onkeydown(event: KeyboardEvent) {
    if (
      event.metaKey ||
      event.ctrlKey ||
      event.altKey ||
      event.defaultPrevented ||
      isBusyElsewhere(event.target)
    )
      return;
    if (event.key !== "j" && event.key !== "k" && event.key !== "x") return;
    const rows = [...table.querySelectorAll<HTMLElement>("[data-row]")];
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    if (event.key === "x") {
      const id = rows[at]?.dataset.row;
      if (id !== undefined) toggle?.(id);
      return;
    }
    const next =
      rows[at === -1 ? (event.key === "j" ? 0 : rows.length - 1) : at + (event.key === "j" ? 1 : -1)];
    next?.querySelector<HTMLElement>("[data-row-focus]")?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }
  window.addEventListener("keydown", onkeydown);
  return () => window.removeEventListener("keydown", onkeydown);
}

/** Somebody is typing, or a layer lies over the page. */
export function isBusyElsewhere(target: EventTarget | null): boolean {
  if (document.querySelector('[role="dialog"], [role="menu"], [role="listbox"]')) return true;
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
