import type { AnyCommand } from './command.js';
import { closeConnection, listConnections, listEndpoints } from './connection-commands.js';
import { createSessionCommand } from './create-session.js';
import { getScreenshot } from './get-screenshot.js';
import {
  closeSession,
  describeSession,
  listSessions,
  setDisplayLayout,
  setName,
  setPermissions,
  setStorageRoot,
} from './session-commands.js';

/** Every command that asks the daemon; `help` and `version` are answered without it. */
export const COMMANDS: readonly AnyCommand[] = [
  createSessionCommand,
  closeSession,
  describeSession,
  listSessions,
  listConnections,
  closeConnection,
  getScreenshot,
  setDisplayLayout,
  setName,
  setPermissions,
  setStorageRoot,
  listEndpoints,
];
