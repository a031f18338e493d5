const BYTE = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const IPV4 = new RegExp(`^${BYTE}(?:\\.${BYTE}){3}$`);

/**
 * The one way to write this address, so that two can be compared: an IPv4 address as it is, also when it comes as an
 * IPv6 socket shows it (`::ffff:10.0.0.1`), an IPv6 address short and in lower case. Null: no address.
 */
export function canonicalIp(text: string): string | null {
  const ipv4 = /^::ffff:([\d.]+)$/i.exec(text)?.[1] ?? text;
  if (IPV4.test(ipv4)) return ipv4;
  const isIpv6 = text.includes(':') && /^[\da-f:.]{2,45}$/i.test(text) && URL.canParse(`http://[${text}]`);
  return isIpv6 ? new URL(`http://[${text}]`).hostname.slice(1, -1) : null;
}
