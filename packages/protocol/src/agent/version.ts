/**
 * Version of the messages between broker and agent. Adding a message or an optional field does not change
 * it: unknown messages are skipped and unknown fields dropped, so that old and new meet without harm.
 */
export const AGENT_PROTOCOL_VERSION = 1;

/** WebSocket path of the link on the agent listener. */
export const AGENT_LINK_PATH = '/agent/link';

/** WebSocket subprotocol; a peer that does not name it is not one of ours. */
export const AGENT_LINK_SUBPROTOCOL = 'dcvsm.agent.v1';

/** Largest frame either side accepts, in bytes; pictures travel in parts below it. */
export const MAX_FRAME_BYTES = 1_048_576;

/** Characters of base64 in one part of a picture. */
export const PICTURE_PART_CHARACTERS = 262_144;

/** Largest picture, in characters of base64, that a broker puts together. */
export const MAX_PICTURE_CHARACTERS = 32 * 1_048_576;
