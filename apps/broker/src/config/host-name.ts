import { isIP } from 'node:net';

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const dnsName = new RegExp(`^(?:\\*\\.)?${label}(?:\\.${label})*\\.?$`, 'i');
const onlyDigitsAndDots = /^[0-9.]+$/;
const longestDnsName = 253;

/** The address without the square brackets in which URLs carry IPv6 addresses. */
export function withoutBrackets(text: string): string {
  return /^\[(.*)\]$/.exec(text)?.[1] ?? text;
}

/** An IP address or a DNS name (RFC 1123). A name of digits and dots only is a mistyped address. */
export function isHost(text: string): boolean {
  return isIP(text) !== 0 || (isDnsName(text) && !text.startsWith('*'));
}

/** What a certificate may name: a host, or all names of a domain as `*.example.com`. */
export function isCertificateName(text: string): boolean {
  return isIP(text) !== 0 || isDnsName(text);
}

function isDnsName(text: string): boolean {
  return text.length <= longestDnsName && dnsName.test(text) && !onlyDigitsAndDots.test(text);
}
