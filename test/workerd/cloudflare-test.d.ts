// The modules that the test plugin offers inside workerd.
/// <reference types="@cloudflare/vitest-plugin/types" />
