export type { Credentials } from './access-token.js';
export { createClient, type CallOptions, type ClientOptions, type DcvsmClient } from './client.js';
export { ApiError } from './errors.js';
