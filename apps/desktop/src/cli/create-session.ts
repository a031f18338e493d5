import type { DcvRequest } from '../wire/request.js';
import { command, NOTHING } from './command.js';
import { oneOf, operandsOf, pathOf, storagePath, wholeNumber } from './read-values.js';

type CreateSession = Extract<DcvRequest, { command: 'create-session' }>;

/** DCV administrator guide, "Manually starting sessions". */
export const createSessionCommand = command<CreateSession>({
  name: 'create-session',
  operands: 'session',
  summary: 'Create a session',
  options: [
    { name: 'type', value: 'console|virtual', summary: 'The type of the session (default: virtual)' },
    { name: 'name', value: 'NAME', summary: 'A name for people, up to 256 characters' },
    { name: 'user', value: 'USER', summary: 'The user to run the session as (default: the caller)' },
    { name: 'owner', value: 'USER', summary: 'The owner of the session (default: the user)' },
    {
      name: 'permissions-file',
      value: 'PATH',
      summary: 'The permissions of the session (default: owner only)',
    },
    { name: 'storage-root', value: 'PATH', summary: 'The folder for session storage; may begin with %home%' },
    { name: 'gl', value: 'on|off', summary: 'GPU sharing (default: off); has no effect here' },
    {
      name: 'max-concurrent-clients',
      value: 'N',
      summary: 'How many clients may be connected (default: -1, no limit)',
    },
    { name: 'init', value: 'PATH', summary: 'An executable script to run on the display of the session' },
  ],
  ask(parsed, caller) {
    const [session = ''] = operandsOf(parsed, 'session id');
    const { options } = parsed;
    const user = options.get('user') ?? caller.user;
    return {
      command: 'create-session',
      session,
      type: oneOf(options.get('type') ?? 'virtual', ['console', 'virtual'], '--type'),
      name: options.get('name') ?? '',
      user,
      owner: options.get('owner') ?? user,
      permissionsFile: pathOf(options.get('permissions-file'), caller),
      storageRoot: storagePath(options.get('storage-root'), caller),
      gl: oneOf(options.get('gl') ?? 'off', ['on', 'off'], '--gl') === 'on',
      maxConcurrentClients: wholeNumber(options.get('max-concurrent-clients'), '--max-concurrent-clients'),
      init: pathOf(options.get('init'), caller),
    };
  },
  show: () => NOTHING,
});
