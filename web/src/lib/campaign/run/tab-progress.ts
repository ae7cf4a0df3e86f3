/** The browser's tab shows how far a run is: a ring in place of the icon. */

const turn = 2 * Math.PI * 12;

function ring(ratio: number, colour: string): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="none"><circle cx="16" cy="16" r="12" stroke="#8885" stroke-width="6"/><circle cx="16" cy="16" r="12" stroke="${colour}" stroke-width="6" stroke-linecap="round" stroke-dasharray="${turn * ratio} ${turn}" transform="rotate(-90 16 16)"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

function icon(): HTMLLinkElement | null {
  return document.querySelector<HTMLLinkElement>('link[rel="icon"]');
}

export function showProgress(ratio: number, paused: boolean): void {
  const link = icon();
  if (!link) return;
  link.dataset.own ??= link.getAttribute("href") ?? "";
  link.href = ring(Math.max(0.02, Math.min(1, ratio)), paused ? "#b45309" : "#4f46e5");
}

export function hideProgress(): void {
  const link = icon();
  if (!link?.dataset.own) return;
  link.href = link.dataset.own;
  delete link.dataset.own;
}
