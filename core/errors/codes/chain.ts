import { codeTable } from '../exit-code.ts'

/** Clusters, wallets, RPC, transactions. */
export const CHAIN_CODES = codeTable({
  CLUSTER_MISMATCH: {
    exit: 78,
    meaning: 'The RPC endpoint belongs to another network than the cluster profile.',
    remedy: 'Check --cluster and --rpc-url.',
  },
  CLUSTER_UNKNOWN: {
    exit: 78,
    meaning: 'There is no cluster profile of that name.',
    remedy: 'Give localnet, devnet, mainnet-beta or the path of a profile.',
  },
  CLUSTER_INVALID: {
    exit: 78,
    meaning: 'A cluster profile has errors.',
    remedy: 'Compare it with configs/clusters/devnet.yaml.',
  },
  MAINNET_UNCONFIRMED: {
    exit: 2,
    meaning: 'Real money would be traded, and nobody confirmed it.',
    remedy: 'Give --yes when you mean it, or --dry-run to see what would happen.',
  },
  WALLET_FILE_INVALID: {
    exit: 78,
    meaning: 'A wallet file can not be read as a key pair.',
    remedy: 'Give a file as solana-keygen writes it: a JSON array of 64 bytes.',
  },
  WALLET_FILE_EXPOSED: {
    exit: 78,
    meaning: 'Other users of this machine can read the wallet file.',
    remedy: 'Run `chmod 600` on it.',
  },
  WALLET_FILE_EXISTS: {
    exit: 1,
    meaning: 'A wallet file would be overwritten.',
    remedy: 'Choose another path: a key that is overwritten is lost.',
  },
  WALLET_SECRET_INVALID: {
    exit: 78,
    meaning: 'A secret is not a private key or seed phrase.',
    remedy: 'Give base58 of 64 or 32 bytes, or the words of a BIP-39 phrase.',
  },
  WALLET_MISMATCH: {
    exit: 78,
    meaning: 'A private key does not belong to the public key it came with.',
    remedy: 'For a seed phrase, try the other derivation; else the file is damaged.',
  },
  RPC_UNAVAILABLE: {
    exit: 75,
    meaning: 'The RPC endpoint does not answer.',
    remedy: 'Check the network and --rpc-url, and try again.',
  },
  RPC_RATE_LIMITED: {
    exit: 75,
    meaning: 'The RPC endpoint answers too many requests with 429.',
    remedy: 'Wait, or use an endpoint with a higher limit.',
  },
  RPC_BEHIND: {
    exit: 75,
    meaning: 'Every RPC endpoint that answers is too far behind its cluster to trade on what it says.',
    remedy: 'Wait until it has caught up, or add another endpoint to `rpcUrls` of the cluster profile.',
  },
  RPC_REFUSED: {
    exit: 1,
    meaning: 'The RPC endpoint refused a request.',
    remedy: 'Read its message; the endpoint may lack this method or need a key.',
  },
  RPC_ANSWER_INVALID: {
    exit: 75,
    meaning: 'The RPC endpoint answered with something that is not JSON-RPC.',
    remedy: 'Check that --rpc-url names a Solana RPC endpoint.',
  },
  HTTP_FAILED: {
    exit: 75,
    meaning: 'An HTTP request got no answer.',
    remedy: 'Check the network and try again.',
  },
  RELAY_REFUSED: {
    exit: 1,
    meaning: 'The private relay does not take a transaction.',
    remedy: 'Read what it says: the tip may be too low, or the transaction would fail. Nothing was sent publicly.',
  },
  RELAY_UNAVAILABLE: {
    exit: 75,
    meaning: 'The private relay does not answer, or has too much to do.',
    remedy: 'Try again; nothing was sent publicly.',
  },
  RELAY_ANSWER_INVALID: {
    exit: 75,
    meaning: 'The private relay answered with something that is not its protocol.',
    remedy: 'Check the addresses under `jito` in the cluster file.',
  },
  RELAY_MISSING: {
    exit: 78,
    meaning: 'A transaction was signed for a private relay that the cluster file does not name any more.',
    remedy: 'Put `jito` back into the cluster file: until then it is watched, and never sent publicly.',
  },
  TX_TOO_LARGE: {
    exit: 1,
    meaning: 'A transaction is larger than the 1,232 bytes the network takes.',
    remedy: 'Use a route with fewer pools, or one whose lookup tables shorten it.',
  },
  TX_INVALID: {
    exit: 1,
    meaning: 'A transaction can not be built from the given instructions.',
    remedy: 'Read the message: an address or a lookup table is wrong.',
  },
  GUARD_REFUSED: {
    exit: 1,
    meaning: 'A transaction does something else than the trade it is for, so it was not signed.',
    remedy: 'Nothing was sent. If it came from a venue, report it to them; do not trade there until it is understood.',
  },
  GUARD_UNSTEADY: {
    exit: 75,
    meaning: 'The wallet changed too fast for a transaction to be held against what it holds, so it was not signed.',
    remedy: 'Nothing was sent; try again. An endpoint that runs Agave 3.0 or later tells what a simulation began with.',
  },
})
