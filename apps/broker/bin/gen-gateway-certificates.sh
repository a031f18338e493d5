#!/bin/sh
# The original's name for this command; see dcv-session-manager-broker gen-gateway-certificates --help
exec "$(dirname "$(readlink -f "$0")")/dcv-session-manager-broker.js" gen-gateway-certificates "$@"
