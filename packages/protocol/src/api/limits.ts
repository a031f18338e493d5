/** Limits of what one request may carry; each is far above what the known clients send. */
export const limits = {
  /** DCV's own limit of a session's name (`dcv create-session --name`). */
  nameCharacters: 256,
  ownerCharacters: 256,
  sessionIdCharacters: 256,
  serverIdCharacters: 512,
  requirementsCharacters: 4096,
  pathCharacters: 1024,
  argumentCharacters: 4096,
  arguments: 1000,
  permissionsFileBytes: 65_536,
  entriesPerRequest: 1000,
  filters: 100,
  /** Base64 of the longest key of a session: its id and its server's, each character three bytes long. */
  nextTokenCharacters: 4096,
  /** Default and largest page of a describe call (developer guide, `MaxResults`). */
  maxResults: 1000,
} as const;
