import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

const turbo = createRequire(import.meta.url).resolve('turbo/bin/turbo');

/** Builds the packages that `filter` selects, quietly unless something fails; ends the program then. */
export function build(filter) {
  const { status } = spawnSync(
    process.execPath,
    [turbo, 'run', 'build', `--filter=${filter}`, '--output-logs=errors-only', '--log-prefix=none'],
    // Nobody who only wants to try this should be counted somewhere.
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
    },
  );
  if (status !== 0) {
    console.error('the build failed; run "npm run build" to see why');
    process.exit(1);
  }
}
