import adapter from "@sveltejs/adapter-static";
import { sveltekit } from "@sveltejs/kit/vite";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig } from "vite";

const api = process.env.API_ORIGIN ?? "http://127.0.0.1:8787";
const proxied = Object.fromEntries(
  ["/v1", "/hooks", "/t", "/health"].map((path) => [path, { target: api, ws: true }]),
);

export default defineConfig({
  plugins: [
    tailwindcss(),
    sveltekit({
      adapter: adapter({ fallback: "index.html" }),
      csp: {
        mode: "hash",
        directives: {
          "default-src": ["self"],
          "script-src": ["self"],
          // Floating layers are placed, and e-mails shown in frames, by style attributes.
          "style-src": ["self", "unsafe-inline"],
          // Previews of e-mails show pictures from wherever the sender keeps them.
          "img-src": ["self", "data:", "blob:", "https:", "http:"],
          "font-src": ["self"],
          "connect-src": ["self"],
          "frame-src": ["self", "blob:"],
          "worker-src": ["self", "blob:"],
          "object-src": ["none"],
          "base-uri": ["none"],
          "form-action": ["self"],
        },
      },
    }),
  ],
  build: { target: "es2023" },
  server: { proxy: proxied },
  preview: { proxy: proxied },
});
