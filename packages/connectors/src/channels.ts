import { fileURLToPath } from 'node:url'

/**
 * The folder of the channels that are documents only, one folder for each: `channel.yaml`, `mappings/`,
 * `vocabularies/`, `examples/`. The connector `document` sends and receives for them.
 */
export const channelsDir = fileURLToPath(new URL('../channels', import.meta.url))
