/*
 * Constant-product swap (x * y = k) for the embedded Solana. SBPF v0, no libc, no Solana toolchain.
 *
 * A pool is a state account of this program and two SPL token accounts (vaults) owned by the address derived from
 * ["pool", state, bump]. Nobody administers it: there is no authority, no withdrawal, no upgrade path in the code.
 *
 * Instructions (first byte of the data; integers are little-endian):
 *   0 initialize     u16 fee_bps
 *                    accounts: [w,s] state  [] mint_a  [] mint_b  [] vault_a  [] vault_b
 *   1 swap exact in  u64 amount_in   u64 minimum_out
 *   2 swap exact out u64 amount_out  u64 maximum_in
 *                    accounts: [s] user  [w] source  [w] destination  [] token program,
 *                    then for each of 1 to 4 hops: [] state  [] vault owner  [w] vault in  [w] vault out
 *
 * A route of several hops goes from vault to vault, so that what one pool gives is what the next one takes, to the
 * unit, and the user needs no account for the token in between. The limit is checked on the whole route before
 * anything moves. The amount received (exact in) or paid (exact out) is the return data.
 *
 * fee = ceil(in * fee_bps / 10000); net = in - fee; out = reserve_out * net / (reserve_in + net). The fee stays in
 * the pool. The mirror in TypeScript is core/routing/constant-product.ts; a property test compares the two.
 */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

#define INSTRUCTION_INVALID 6000
#define SLIPPAGE_EXCEEDED 6001
#define ACCOUNT_COUNT_WRONG 6002
#define POOL_INVALID 6003
#define POOL_EXISTS 6004
#define VAULT_INVALID 6005
#define VAULT_OWNER_INVALID 6006
#define MINT_INVALID 6007
#define SIGNATURE_MISSING 6008
#define AMOUNT_ZERO 6009
#define TOKEN_PROGRAM_INVALID 6010
#define TOKEN_ACCOUNT_INVALID 6011
#define FEE_INVALID 6012
#define ROUTE_BROKEN 6013
#define LIQUIDITY_INSUFFICIENT 6014

#define BPS 10000ULL
#define HOPS_MAX 4
#define ACCOUNTS_MAX (4 + 4 * HOPS_MAX)
#define SPARE_BYTES 10240
#define HEAP 0x300000000ULL

/* Pool state: 144 bytes. */
#define MAGIC 0x31304c4f4f504653ULL /* "SFPOOL01" */
#define POOL_SIZE 144
#define POOL_FEE_BPS 8
#define POOL_BUMP 10
#define POOL_MINT_A 16
#define POOL_MINT_B 48
#define POOL_VAULT_A 80
#define POOL_VAULT_B 112

/* SPL token account: 165 bytes. Mint: 82. */
#define TOKEN_SIZE 165
#define TOKEN_MINT 0
#define TOKEN_OWNER 32
#define TOKEN_AMOUNT 64
#define TOKEN_DELEGATE_TAG 72
#define TOKEN_STATE 108
#define TOKEN_CLOSE_TAG 129
#define MINT_SIZE 82
#define MINT_INITIALIZED 45
#define TOKEN_TRANSFER 3

typedef struct {
  u8 *key;
  u64 *lamports;
  u64 data_len;
  u8 *data;
  u8 *owner;
  u64 rent_epoch;
  u8 is_signer;
  u8 is_writable;
  u8 executable;
} AccountInfo;

typedef struct {
  u8 *key;
  u8 is_writable;
  u8 is_signer;
} AccountMeta;

typedef struct {
  const u8 *program_id;
  AccountMeta *accounts;
  u64 account_count;
  u8 *data;
  u64 data_len;
} Instruction;

typedef struct {
  const u8 *address;
  u64 length;
} Seed;

typedef struct {
  const Seed *seeds;
  u64 length;
} Signer;

typedef struct {
  AccountInfo *state, *owner, *vault_in, *vault_out;
  u64 reserve_in, reserve_out, amount_in, amount_out;
} Hop;

extern u64 sol_invoke_signed_c(const Instruction *, const AccountInfo *, u64, const Signer *, u64);
extern u64 sol_try_find_program_address(const Seed *, u64, const u8 *, u8 *, u8 *);
extern u64 sol_set_return_data(const u8 *, u64);

/* TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA */
static const u8 TOKEN_PROGRAM[32] __attribute__((aligned(8))) = {
    6,   221, 246, 225, 215, 101, 161, 147, 217, 203, 225, 70,  206, 235, 121, 172,
    28,  180, 133, 237, 95,  91,  55,  145, 58,  140, 245, 133, 126, 255, 0,   169};
static const u8 POOL_SEED[4] __attribute__((aligned(8))) = {'p', 'o', 'o', 'l'};

#define INLINE static inline __attribute__((always_inline))
#define U64_AT(p) (*(u64 *)(p))

/* Keys in the input, in token accounts and in pool states may stand at any address: the VM allows unaligned loads. */
INLINE int same_key(const u8 *a, const u8 *b) {
  return U64_AT(a) == U64_AT(b) && U64_AT(a + 8) == U64_AT(b + 8) && U64_AT(a + 16) == U64_AT(b + 16) &&
         U64_AT(a + 24) == U64_AT(b + 24);
}

INLINE void copy_key(u8 *to, const u8 *from) {
  for (int i = 0; i < 32; i += 8) U64_AT(to + i) = U64_AT(from + i);
}

/* a * b / divisor through 128 bits. False when the divisor is zero or the quotient needs more than 64 bits. */
static __attribute__((noinline)) int mul_div(u64 a, u64 b, u64 divisor, u64 round_up, u64 *quotient) {
  u64 a_low = a & 0xffffffff, a_high = a >> 32, b_low = b & 0xffffffff, b_high = b >> 32;
  u64 low_low = a_low * b_low, high_low = a_high * b_low, low_high = a_low * b_high;
  u64 middle = (low_low >> 32) + (high_low & 0xffffffff) + low_high;
  u64 high = a_high * b_high + (high_low >> 32) + (middle >> 32);
  u64 low = (middle << 32) | (low_low & 0xffffffff);
  u64 remainder, result;
  if (high >= divisor) return 0; /* also when the divisor is zero */
  if (high == 0) {
    result = low / divisor;
    remainder = low - result * divisor;
  } else {
    remainder = high;
    result = low;
    for (int i = 0; i < 64; i++) {
      u64 carry = remainder >> 63;
      remainder = (remainder << 1) | (result >> 63);
      result <<= 1;
      if (carry || remainder >= divisor) {
        remainder -= divisor;
        result |= 1;
      }
    }
  }
  if (round_up && remainder) {
    result++;
    if (result == 0) return 0;
  }
  *quotient = result;
  return 1;
}

/* Fills amount_out from amount_in. */
INLINE u64 quote_exact_in(Hop *hop, u64 fee_bps) {
  u64 fee, net, sum;
  if (!mul_div(hop->amount_in, fee_bps, BPS, 1, &fee)) return LIQUIDITY_INSUFFICIENT;
  net = hop->amount_in - fee;
  sum = hop->reserve_in + net;
  /* The vault must be able to hold all of it. */
  if (hop->reserve_in + hop->amount_in < hop->amount_in) return LIQUIDITY_INSUFFICIENT;
  if (!mul_div(hop->reserve_out, net, sum, 0, &hop->amount_out)) return LIQUIDITY_INSUFFICIENT;
  return hop->amount_out == 0 ? LIQUIDITY_INSUFFICIENT : 0;
}

/* Fills amount_in, the least that gives at least amount_out. */
INLINE u64 quote_exact_out(Hop *hop, u64 fee_bps) {
  u64 net;
  if (hop->amount_out >= hop->reserve_out) return LIQUIDITY_INSUFFICIENT;
  if (!mul_div(hop->reserve_in, hop->amount_out, hop->reserve_out - hop->amount_out, 1, &net))
    return LIQUIDITY_INSUFFICIENT;
  if (!mul_div(net, BPS, BPS - fee_bps, 1, &hop->amount_in)) return LIQUIDITY_INSUFFICIENT;
  if (hop->reserve_in + hop->amount_in < hop->amount_in) return LIQUIDITY_INSUFFICIENT;
  return hop->amount_in == 0 ? LIQUIDITY_INSUFFICIENT : 0;
}

INLINE int is_token_account(const AccountInfo *account) {
  return account->data_len == TOKEN_SIZE && same_key(account->owner, TOKEN_PROGRAM) && account->data[TOKEN_STATE] != 0;
}

/* A transfer by the token program; with a pool, its derived address signs. */
static __attribute__((noinline)) u64 transfer(AccountInfo *from, AccountInfo *to, AccountInfo *owner, u64 amount,
                                              AccountInfo *pool) {
  /* Both arrays live on the heap: beside the caller's frame the stack would be short with old compilers. */
  AccountInfo *infos = (AccountInfo *)(HEAP + 0x1000);
  AccountMeta *metas = (AccountMeta *)(HEAP + 0x1100);
  u8 *data = (u8 *)(HEAP + 0x1180);
  Instruction instruction;
  Seed seeds[3];
  Signer signer;
  infos[0] = *from;
  infos[1] = *to;
  infos[2] = *owner;
  metas[0].key = from->key;
  metas[0].is_writable = 1;
  metas[0].is_signer = 0;
  metas[1].key = to->key;
  metas[1].is_writable = 1;
  metas[1].is_signer = 0;
  metas[2].key = owner->key;
  metas[2].is_writable = 0;
  metas[2].is_signer = 1;
  data[0] = TOKEN_TRANSFER;
  for (int i = 0; i < 8; i++) data[1 + i] = (u8)(amount >> (8 * i));
  instruction.program_id = TOKEN_PROGRAM;
  instruction.accounts = metas;
  instruction.account_count = 3;
  instruction.data = data;
  instruction.data_len = 9;
  if (!pool) return sol_invoke_signed_c(&instruction, infos, 3, 0, 0);
  seeds[0].address = POOL_SEED;
  seeds[0].length = 4;
  seeds[1].address = pool->key;
  seeds[1].length = 32;
  seeds[2].address = pool->data + POOL_BUMP;
  seeds[2].length = 1;
  signer.seeds = seeds;
  signer.length = 3;
  return sol_invoke_signed_c(&instruction, infos, 3, &signer, 1);
}

static __attribute__((noinline)) u64 initialize(AccountInfo *accounts, u64 count, const u8 *data, u64 data_len,
                                                const u8 *program_id) {
  u64 fee_bps;
  u8 vault_owner[32] __attribute__((aligned(8)));
  u8 bump;
  Seed seeds[2];
  AccountInfo *state = accounts;
  if (data_len != 3) return INSTRUCTION_INVALID;
  if (count != 5) return ACCOUNT_COUNT_WRONG;
  fee_bps = data[1] | ((u64)data[2] << 8);
  if (fee_bps >= BPS) return FEE_INVALID;
  if (!state->is_signer) return SIGNATURE_MISSING;
  if (state->data_len != POOL_SIZE || !same_key(state->owner, program_id)) return POOL_INVALID;
  if (U64_AT(state->data) != 0) return POOL_EXISTS;
  for (u64 i = 1; i <= 2; i++) {
    if (accounts[i].data_len != MINT_SIZE || !same_key(accounts[i].owner, TOKEN_PROGRAM)) return MINT_INVALID;
    if (accounts[i].data[MINT_INITIALIZED] != 1) return MINT_INVALID;
  }
  if (same_key(accounts[1].key, accounts[2].key)) return MINT_INVALID;
  seeds[0].address = POOL_SEED;
  seeds[0].length = 4;
  seeds[1].address = state->key;
  seeds[1].length = 32;
  if (sol_try_find_program_address(seeds, 2, program_id, vault_owner, &bump)) return POOL_INVALID;
  for (u64 i = 3; i <= 4; i++) {
    u8 *vault = accounts[i].data;
    if (!is_token_account(&accounts[i]) || vault[TOKEN_STATE] != 1) return VAULT_INVALID;
    if (!same_key(vault + TOKEN_MINT, accounts[i - 2].key)) return VAULT_INVALID;
    if (!same_key(vault + TOKEN_OWNER, vault_owner)) return VAULT_INVALID;
    if (vault[TOKEN_DELEGATE_TAG] != 0 || vault[TOKEN_CLOSE_TAG] != 0) return VAULT_INVALID;
  }
  U64_AT(state->data) = MAGIC;
  state->data[POOL_FEE_BPS] = data[1];
  state->data[POOL_FEE_BPS + 1] = data[2];
  state->data[POOL_BUMP] = bump;
  copy_key(state->data + POOL_MINT_A, accounts[1].key);
  copy_key(state->data + POOL_MINT_B, accounts[2].key);
  copy_key(state->data + POOL_VAULT_A, accounts[3].key);
  copy_key(state->data + POOL_VAULT_B, accounts[4].key);
  return 0;
}

/* Checks one hop's accounts and reads its reserves. Gives the mints it goes from and to. */
INLINE u64 read_hop(Hop *hop, AccountInfo *accounts, const u8 *program_id, u8 **mint_in, u8 **mint_out) {
  u8 *pool;
  hop->state = accounts;
  hop->owner = accounts + 1;
  hop->vault_in = accounts + 2;
  hop->vault_out = accounts + 3;
  pool = hop->state->data;
  if (hop->state->data_len != POOL_SIZE || !same_key(hop->state->owner, program_id)) return POOL_INVALID;
  if (U64_AT(pool) != MAGIC) return POOL_INVALID;
  if (same_key(hop->vault_in->key, pool + POOL_VAULT_A) && same_key(hop->vault_out->key, pool + POOL_VAULT_B)) {
    *mint_in = pool + POOL_MINT_A;
    *mint_out = pool + POOL_MINT_B;
  } else if (same_key(hop->vault_in->key, pool + POOL_VAULT_B) && same_key(hop->vault_out->key, pool + POOL_VAULT_A)) {
    *mint_in = pool + POOL_MINT_B;
    *mint_out = pool + POOL_MINT_A;
  } else {
    return VAULT_INVALID;
  }
  if (!is_token_account(hop->vault_in) || !is_token_account(hop->vault_out)) return VAULT_INVALID;
  if (!same_key(hop->vault_out->data + TOKEN_OWNER, hop->owner->key)) return VAULT_OWNER_INVALID;
  hop->reserve_in = U64_AT(hop->vault_in->data + TOKEN_AMOUNT);
  hop->reserve_out = U64_AT(hop->vault_out->data + TOKEN_AMOUNT);
  return 0;
}

INLINE u64 fee_of(const Hop *hop) { return *(u16 *)(hop->state->data + POOL_FEE_BPS); }

static __attribute__((noinline)) u64 swap(AccountInfo *accounts, u64 count, const u8 *data, u64 data_len,
                                          const u8 *program_id) {
  Hop *hops = (Hop *)(HEAP + 0x800);
  AccountInfo *user = accounts, *source = accounts + 1, *destination = accounts + 2;
  u8 *mint = 0;
  u64 hop_count, amount, limit, error, exact_in = data[0] == 1;
  if (data_len != 17) return INSTRUCTION_INVALID;
  if (count < 8 || (count & 3) != 0) return ACCOUNT_COUNT_WRONG;
  hop_count = (count - 4) >> 2;
  amount = U64_AT(data + 1);
  limit = U64_AT(data + 9);
  if (amount == 0) return AMOUNT_ZERO;
  if (!user->is_signer) return SIGNATURE_MISSING;
  if (!same_key(accounts[3].key, TOKEN_PROGRAM)) return TOKEN_PROGRAM_INVALID;
  if (!is_token_account(source) || !is_token_account(destination)) return TOKEN_ACCOUNT_INVALID;
  if (same_key(source->key, destination->key)) return TOKEN_ACCOUNT_INVALID;

  for (u64 i = 0; i < hop_count; i++) {
    u8 *mint_in, *mint_out;
    error = read_hop(&hops[i], accounts + 4 + 4 * i, program_id, &mint_in, &mint_out);
    if (error) return error;
    if (i == 0 && !same_key(source->data + TOKEN_MINT, mint_in)) return TOKEN_ACCOUNT_INVALID;
    if (i != 0 && !same_key(mint, mint_in)) return ROUTE_BROKEN;
    mint = mint_out;
    /* Reserves are read once, before anything moves: a pool may stand in a route only once. */
    for (u64 j = 0; j < i; j++)
      if (same_key(hops[j].state->key, hops[i].state->key)) return ROUTE_BROKEN;
    if (same_key(source->key, hops[i].vault_in->key) || same_key(source->key, hops[i].vault_out->key) ||
        same_key(destination->key, hops[i].vault_in->key) || same_key(destination->key, hops[i].vault_out->key))
      return TOKEN_ACCOUNT_INVALID;
  }
  if (!same_key(destination->data + TOKEN_MINT, mint)) return TOKEN_ACCOUNT_INVALID;

  if (exact_in) {
    for (u64 i = 0; i < hop_count; i++) {
      hops[i].amount_in = amount;
      error = quote_exact_in(&hops[i], fee_of(&hops[i]));
      if (error) return error;
      amount = hops[i].amount_out;
    }
    if (amount < limit) return SLIPPAGE_EXCEEDED;
  } else {
    for (u64 i = hop_count; i-- > 0;) {
      hops[i].amount_out = amount;
      error = quote_exact_out(&hops[i], fee_of(&hops[i]));
      if (error) return error;
      amount = hops[i].amount_in;
    }
    if (amount > limit) return SLIPPAGE_EXCEEDED;
  }

  error = transfer(source, hops[0].vault_in, user, hops[0].amount_in, 0);
  if (error) return error;
  for (u64 i = 0; i < hop_count; i++) {
    AccountInfo *to = i + 1 == hop_count ? destination : hops[i + 1].vault_in;
    error = transfer(hops[i].vault_out, to, hops[i].owner, hops[i].amount_out, hops[i].state);
    if (error) return error;
  }
  U64_AT(HEAP + 0x1190) = amount;
  return sol_set_return_data((u8 *)(HEAP + 0x1190), 8);
}

u64 entrypoint(u8 *input) {
  AccountInfo *accounts = (AccountInfo *)HEAP;
  u64 count = U64_AT(input), data_len;
  u8 *data;
  input += 8;
  if (count > ACCOUNTS_MAX) return ACCOUNT_COUNT_WRONG;
  for (u64 i = 0; i < count; i++) {
    AccountInfo *account = &accounts[i];
    u8 duplicate_of = input[0];
    if (duplicate_of != 0xff) {
      *account = accounts[duplicate_of];
      input += 8;
      continue;
    }
    account->is_signer = input[1];
    account->is_writable = input[2];
    account->executable = input[3];
    account->key = input + 8;
    account->owner = input + 40;
    account->lamports = (u64 *)(input + 72);
    account->data_len = U64_AT(input + 80);
    account->data = input + 88;
    input += 88 + account->data_len + SPARE_BYTES;
    input = (u8 *)(((u64)input + 7) & ~7ULL);
    account->rent_epoch = U64_AT(input);
    input += 8;
  }
  data_len = U64_AT(input);
  data = input + 8;
  if (data_len == 0) return INSTRUCTION_INVALID;
  if (data[0] == 0) return initialize(accounts, count, data, data_len, data + data_len);
  if (data[0] <= 2) return swap(accounts, count, data, data_len, data + data_len);
  return INSTRUCTION_INVALID;
}
