/** For `node --import`: runs TypeScript sources, as the tests do, without a build. */
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);
