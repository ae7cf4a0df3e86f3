/** Prints the OpenAPI document; the dashboard's types are generated from it. */
import { openApiDocument } from "../openapi.ts";

process.stdout.write(`${JSON.stringify(openApiDocument(), null, 2)}\n`);
