// Runs before the first paint, so that a dark dashboard never flashes white.
(() => {
  const mode = localStorage.getItem("mode-watcher-mode") ?? "system";
  const dark = mode === "dark" || (mode !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.classList.toggle("dark", dark);
  document.documentElement.style.colorScheme = dark ? "dark" : "light";
})();
