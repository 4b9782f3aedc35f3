/**
 * Writes the API's types from the committed document. The client goes by paths alone, so the operations' ids are left
 * out: they would only give every operation a second name.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import openapiTS, { astToString } from 'openapi-typescript'

const document = JSON.parse(readFileSync(new URL('openapi.json', import.meta.url), 'utf8'))
for (const path of Object.values(document.paths)) {
  for (const operation of Object.values(path)) delete operation.operationId
}
const types = astToString(await openapiTS(document, { alphabetize: true }))
const head = '/** Written by `npm run api` from openapi/openapi.json. Do not edit. */\n\n'
writeFileSync(new URL('../src/lib/api/schema.d.ts', import.meta.url), head + types)
