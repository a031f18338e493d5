/** Said in every help text and at every start, so that nobody takes this program for what it stands in for. */
export const NOTICE =
  'A stand-in for the Amazon DCV server, for development and tests. It is not the DCV server and streams no desktops.';

/** The version of the DCV server whose command this program has the grammar of. */
export const DCV_VERSION = '2025.0';

/** The first line has the form of the real command, the second says the truth. */
export const VERSION_TEXT = `Amazon DCV ${DCV_VERSION} (r0)\n${NOTICE}\n`;
