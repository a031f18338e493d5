export type { Credentials, ReadyToken, StoredToken, TokenStore } from './access-token.js';
export { createClient, type CallOptions, type ClientOptions, type DcvsmClient } from './client.js';
export {
  connectionTarget,
  connectionUrl,
  type ConnectionTarget,
  type ConnectionUrlOptions,
} from './connection-url.js';
export { ApiError, NetworkError, type ApiErrorKind } from './errors.js';
export { allServers, allSessions, serverPages, sessionPages } from './pages.js';
export { DEFAULT_RETRY, maySendAgain, type RetryPolicy } from './retry.js';
export type { Timing } from './timing.js';
export { waitForSession, type WaitOptions, type WaitResult } from './wait-for-session.js';
