/**
 * Whether DCV can be told this user name: the answer to its question is XML 1.0, which has no way to write most control
 * characters and a few others, and reads line breaks as something else.
 */
export function fitsXml(user: string): boolean {
  return /^[ -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u.test(user);
}
