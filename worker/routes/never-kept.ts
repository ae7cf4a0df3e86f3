/** Headers of what no cache, no search engine and no other site is to know of. */
export const neverKept = {
  "cache-control": "no-store, no-cache, private, max-age=0",
  "x-robots-tag": "noindex, nofollow",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
} as const;
