/** What can be done about the usual reasons why the broker is not reached, for the log. */
export function connectRemedy(cause: unknown): string {
  const { code } = cause as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'check agent.broker_host and the name service';
    case 'ECONNREFUSED':
      return 'check agent.broker_host and agent.broker_port, and that the broker runs';
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return "set agent.ca_file to a copy of the broker's CA certificate (dcvsmbroker_ca.pem)";
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return "renew the broker's certificate and check the clocks";
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return "set agent.broker_host to a name in the broker's certificate";
    case 'ENOENT':
    case 'EACCES':
      return 'check that the file of agent.ca_file is there and readable';
    default:
      return 'check the network between this host and the broker';
  }
}
