/** Every reason a machine is known by has words in the report. */
import { expect, test } from "vitest";
import { machineReasons } from "#domain/tracking/classify";
import { machineWords } from "../../web/src/lib/campaign/run/machine-words.ts";

test("every reason has words, and there are words for no other", () => {
  expect(Object.keys(machineWords).sort()).toEqual([...machineReasons].sort());
});
