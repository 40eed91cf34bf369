// The one table of public error codes: code | status | title | cause | remedy, a row a line. A new
// code is a new row; its page at /problems/<code> follows by itself.
#include <algorithm>
#include <vector>

#include "base/check.h"
#include "base/text.h"
#include "net/problem.h"

namespace net {

namespace {

constexpr std::string_view kRows = R"(
account_disabled | 403 | Account disabled | An administrator disabled this account. | Ask an administrator.
address_mismatch | 422 | Address does not match | The address given to confirm is not this wallet's. | Copy the address from the wallet and repeat.
ai_budget_spent | 402 | Assistant budget spent | The token budget of this period is used up. | Wait for the next period or ask an administrator to raise the budget.
already_confirmed | 409 | Already confirmed | The transaction is in a block, so it can no longer be replaced. | Nothing is left to do; read its state.
already_decided | 409 | Already decided | Somebody approved or denied this request before. | Read its state.
amount_out_of_range | 422 | Amount out of range | The amount is outside what this call takes. | Use an amount in the range named.
amount_overflow | 422 | Amount too large | The amount is larger than the chain can express. | Send a smaller amount.
amount_precision | 422 | Too many decimals | The amount has more decimals than the asset. | Shorten it; amounts are never rounded for you.
amount_unproven | 422 | Amount not proven | The amount of a coin that would be spent is not proven by its transaction. | Repeat later; tell an administrator if it stays.
anchor_gone | 409 | Coins gone | The payment whose change this one spends was never included. | Nothing was paid; send again.
api_key_required | 403 | API key required | This endpoint takes API keys alone. | Call it with an API key of the right scope.
approval_denied | 403 | Approval denied | A person denied this payment. | Talk to them, then send it again.
approval_expired | 409 | Approval lapsed | Nobody approved the payment in time. | Send it again.
approval_mismatch | 409 | Not what was approved | What was approved is not this payment, or not now. | Read the payment, then ask for a new approval.
approval_needed | 403 | Approval needed | A person has to approve this first. | Approve it in the dashboard or with cryptoctl; a message: repeat the call signed in, with your password.
asset_mismatch | 422 | Assets differ | Amounts of two different assets were combined. | Give both in the same asset.
attempt_mismatch | 409 | Attempts out of order | An earlier attempt of this payment is missing or is another one. | Read the payment's state; tell an administrator.
bad_abi_data | 422 | Contract answered nonsense | The data is not what the contract's interface says. | Check the contract's address and its network.
bad_abi_type | 422 | Not an ABI type | A type is not one of Solidity's ABI. | Correct the type named.
bad_abi_value | 422 | Value does not fit | A value does not fit its ABI type. | Correct the value named.
bad_address | 422 | Not an address | The recipient is not an address of this chain. | Copy the whole address again.
bad_amount | 422 | Not an amount | The amount is not a plain positive decimal text. | Write digits with at most one point, as a JSON string: "0.1".
bad_api_key | 401 | API key not accepted | The API key is unknown, expired, revoked or used from a foreign address. | Use a living key, or make a new one.
bad_arguments | 422 | Arguments refused | The tool's arguments do not fit its schema. | Correct the fields named in errors.
bad_base58 | 422 | Not base58 | A text is not base58, or its check value is wrong. | Copy it again.
bad_base64 | 422 | Not base64 | A text is not base64 in the form that is expected. | Encode it again.
bad_bech32 | 422 | Not bech32 | A text is not bech32, or its check value is wrong. | Copy it again.
bad_branch_id | 503 | Branch not known | The Zcash node works by rules that this version does not know. | Update the platform.
bad_checksum | 422 | Checksum wrong | The letters of the address disagree with its checksum, so a character is likely wrong. | Copy the address again; an all lower-case one is taken without the check.
bad_child | 422 | No such child key | The derivation path leads to no key. | Use another index in the path.
bad_code | 422 | Code wrong | The one-time code is wrong or old. | Wait for the next code; check the device's clock.
bad_cost | 422 | Cost out of range | The cost of a password hash is out of range. | Use 10 to 15.
bad_credentials | 401 | Sign-in refused | Email or password is wrong. | Try again, or ask an administrator for a reset link.
bad_cursor | 400 | Cursor not accepted | The page cursor was changed or belongs to another list. | Start again without a cursor.
bad_email | 422 | Not an email address | The email address is malformed. | Correct it.
bad_encoding | 400 | Percent encoding broken | A percent sign is not followed by two hex digits. | Encode the URL again.
bad_entropy | 422 | Entropy refused | A mnemonic is made of 16 to 32 bytes, in steps of 4. | Use 16, 20, 24, 28 or 32 bytes.
bad_extended_key | 422 | Not an extended key | The text is not a BIP-32 extended key. | Copy it again.
bad_hash_type | 422 | Signature type refused | The signature would not cover the whole transaction. | Use the type ALL or DEFAULT.
bad_hex | 400 | Not hex | A text is not pairs of hex digits. | Correct it at the place named.
bad_id | 400 | Not an id | An id in the request is malformed. | Copy the id from an answer of this API.
bad_idempotency_key | 400 | Idempotency key not accepted | The key must be 1 to 255 visible ASCII characters. | Use a UUID.
bad_ip_range | 422 | Not an address range | An entry is neither an IP address nor a CIDR range. | Write it like 192.0.2.7 or 10.0.0.0/8.
bad_json | 400 | Not JSON | The body is not one complete JSON value. | Check quotes, commas and braces at the position named.
bad_key | 422 | Key not accepted | The private key, mnemonic or WIF is not valid for this chain. | Check its form and its network.
bad_limit | 400 | Page size out of range | A page has 1 to 100 entries. | Correct limit.
bad_message | 422 | Message refused | The message is malformed, or has a form that is never signed. | Correct what the detail names.
bad_mnemonic | 422 | Mnemonic not accepted | The words are not a BIP-39 mnemonic or their checksum is wrong. | Check each word and their order.
bad_mode | 422 | Network not known | The name is not one of a network mode. | Use devnet, testnet or mainnet.
bad_number | 400 | Not a number | A text is not a plain whole number in its range. | Write decimal digits.
bad_order | 422 | Order refused | The order of this payment is malformed or contradicts itself. | Correct what the detail names.
bad_order_signature | 403 | Order not ours | The order does not carry the gateway's signature. | Tell an administrator; this is a fault of the installation.
bad_passphrase | 422 | Passphrase wrong | The backup does not open with this passphrase. | Use the passphrase that was set when the backup was made.
bad_password | 422 | Password not accepted | The password has more than 72 bytes, or holds a NUL character. | Choose another one.
bad_password_hash | 422 | Password hash refused | A stored password hash is malformed. | Ask an administrator for a reset link.
bad_password_text | 422 | Password not accepted | The password is not UTF-8 text or holds a NUL character. | Choose another one.
bad_path | 400 | Path not accepted | The path is not in its plain form. | Remove dot segments, double slashes and encoded slashes.
bad_policy | 422 | Policy refused | The policy names something that does not exist, or contradicts itself. | Correct what the detail names.
bad_private_key | 422 | Not a private key | The key is no number in the range of its curve. | Check the key and its chain.
bad_psbt | 422 | PSBT refused | The partially signed transaction is malformed. | Make it again.
bad_public_key | 422 | Not a public key | The bytes are no point of the curve. | Check the key and its chain.
bad_query | 400 | Query not accepted | The query string is malformed. | Encode names and values, each name once.
bad_recipients | 422 | Recipients refused | The payment names no recipient, or too many. | Correct the list.
bad_response | 503 | Answer not understood | A server outside answered in a form that is not understood. | Repeat later; check its address in the configuration.
bad_rlp | 422 | Transaction encoding broken | The bytes are not the one valid RLP encoding. | Encode the transaction again.
bad_seed | 422 | Seed refused | A seed has the wrong size or leads to no key. | Use another one.
bad_signature | 422 | Signature wrong | The signature does not belong to this message and address. | Sign the exact bytes again.
bad_state | 422 | State refused | The state named ends no payment. | Tell an administrator; this is a fault of the installation.
bad_time | 400 | Not a time | A time is not RFC 3339 in UTC. | Write it as 2026-01-28T10:00:00Z.
bad_token | 401 | Token not accepted | The access token is malformed, expired, revoked or meant for another audience. | Sign in again or refresh it.
bad_tx | 422 | Transaction malformed | The bytes are no transaction of this chain. | Make the transaction again.
bad_tx_hash | 422 | Not a transaction hash | A transaction hash is 64 hex digits. | Copy it again.
bad_typed_data | 422 | Typed data refused | The typed data is not valid EIP-712. | Correct the types, the domain and the message.
bad_unsigned_tx | 422 | Transaction not complete | The transaction to be signed lacks something. | Tell an administrator; this is a fault of the installation.
bad_url | 422 | Not a URL | The text is no absolute URL of the expected kind. | Write it like https://example.com/path.
bad_utf8 | 422 | Not UTF-8 | A text is not valid UTF-8. | Encode it again.
balance_not_zero | 409 | Balance left | The wallet still holds money. | Send the balance away first.
block_mismatch | 422 | Another block | The node's block at this height is not the one that was named. | Read the final block again and compare it with nodes of others.
block_not_accepted | 403 | Block not accepted | No administrator has accepted this block as the final one. | Run cryptoctl final-block accept.
blockhash_expired | 409 | Blockhash expired | The transaction was not included before its blockhash expired. | Nothing was paid; send again.
block_pruned | 503 | Block pruned | The node no longer has a block that is to be read. | Let an administrator name a node that keeps all blocks.
blocks_unread | 503 | Blocks not read yet | The blocks of the node's chain are not read so far that payments can go on. | Repeat in a few seconds; if it stays, the chain changed more deeply than can be followed.
body_too_large | 413 | Body too large | The body is larger than this endpoint takes. | Send less than 64 KiB.
branch_id_mismatch | 503 | Network rules in doubt | The node names consensus rules that this height cannot have. | Nothing is signed until it agrees; check the node.
caller_not_allowed | 403 | Caller not allowed | A daemon called what it may not. | Tell an administrator; this is a fault of the installation.
cancel_under_way | 409 | Cancel under way | A cancel of this payment was sent already. | Cancel it again, with a higher fee.
cancelled | 503 | Cancelled | The call was cancelled before its end; the outcome may be unknown. | Repeat with the same idempotency key.
chain_unavailable | 503 | Chain not served | This installation runs no daemon for the chain. | See /auth/me for the chains that are served.
client_gone | 503 | Client left | The connection ended before the answer. | Repeat the call with the same idempotency key.
coin_immature | 422 | Coin too young | A mined coin can be spent after 100 blocks. | Wait, or choose other coins.
coin_taken | 409 | Coin in use | A coin of this payment serves another one. | Wait until the other payment ends.
coin_unconfirmed | 422 | Coin not confirmed | A coin is in no block yet. | Wait for its confirmation.
coin_unshielded | 422 | Reward not shielded | On this network a mining reward can be spent only after it was shielded. | Shield it with a wallet that can, or choose other coins.
coins_locked | 409 | Coins in use | Other payments of this wallet hold its coins. | Wait until one of them ends, or send less.
commit_in_doubt | 503 | Outcome unknown | The database's answer was lost. | Repeat with the same idempotency key, or read the state.
conflict | 409 | Conflict | The object changed at the same time. | Read it again and repeat.
csrf_failed | 403 | Cross-site check failed | The CSRF token is missing or wrong. | Take the token from the session's answer and send it in the header.
database_unavailable | 503 | Database not answering | The database does not answer now; nothing was changed. | Repeat later.
deadline_exceeded | 504 | Took too long | The answer did not come in time; the outcome may be unknown. | Repeat with the same idempotency key, or read the state.
decryption_failed | 422 | Does not open | The sealed value does not open with this key. | Use the key it was sealed with.
disputed | 422 | Price disputed | Two price sources disagree, so the value is not known well enough. | Wait, or accept the unknown value in a session.
dust_output | 422 | Amount too small | The network refuses outputs this small. | Send more than the minimum named.
email_taken | 409 | Email taken | An account with this email exists. | Sign in, or use another email.
expired | 409 | Expired | The time to act on this has passed. | Start again.
expiry_height_passed | 409 | Expired | The transaction was not included up to its expiry height. | Nothing was paid; send again.
export_disabled | 403 | Export disabled | Key export is switched off. | Ask an administrator.
faucet_busy | 503 | Faucet busy | Others are spending from the faucet right now. | Repeat in a moment.
faucet_empty | 503 | Faucet empty | The faucet of this test network has no coins left. | Ask an administrator to fill it.
faucet_slow | 503 | Gift on its way | The faucet's gift was sent and is not in a block yet. | Read the balance in a moment.
faucet_unavailable | 403 | No faucet | This network has no faucet of ours. | Use a public faucet.
fee_bump_too_small | 422 | Fee rise too small | A replacement must pay clearly more than what it replaces. | Use at least the minimum named.
fee_cap_exceeded | 422 | Fee above the limit | The fee would be above what this payment may cost. | Raise fee_cap, or wait for cheaper blocks.
fee_too_high | 422 | Fee too high | The fee is above the ceiling of the order or of the chain. | Lower it, or wait for cheaper blocks.
fee_too_low | 422 | Fee too low | The fee would not get the transaction included. | Use at least the minimum named.
follower_behind | 503 | Coins not counted yet | The newest blocks have not been read, so coins cannot be chosen safely. | Repeat in a moment.
forbidden | 403 | Not allowed | Your role or key does not allow this call. | Ask an administrator, or use a key with the scope named.
funding_pending | 503 | Funding on its way | The wallet's first test coins are not spendable yet. | Repeat in a moment.
gap_limit_reached | 409 | Too many unused addresses | The last 20 addresses of this wallet have not been paid yet. | Use one of them; GET /api/v1/{chain}/addresses lists them.
has_child | 409 | A payment depends on it | An own unconfirmed payment spends the change of this one. | Speed that payment up, by method cpfp if need be.
header_too_large | 431 | Header too large | The request's header is larger than 8 KiB. | Send fewer or shorter headers and cookies.
idempotency_key_required | 400 | Idempotency key needed | A program must be able to repeat a payment safely. | Send the header Idempotency-Key with a UUID.
in_progress | 409 | In progress | The same request is being worked on right now. | Repeat in a moment with the same key.
incarnation_unavailable | 503 | Replica's counter unavailable | The counter that tells a restored database cannot be stored, so nothing is signed. | Repeat later; run scripts/doctor.
insufficient_funds | 422 | Not enough money | Amount and fee together are more than is available. | Send less; the detail names the most that can be sent.
insufficient_gas | 422 | Not enough for the fee | The wallet lacks native coin to pay the fee. | Fund it with the coin named in the detail.
intent_ended | 409 | Payment ended | The payment has ended. | Send a new one.
intent_mismatch | 422 | Other payment | This payment id belongs to a payment with other parameters. | Repeat the first request unchanged, or send a new one.
intent_moved | 409 | Payment moved on | The payment's state changed at the same time. | Read its state and repeat.
internal | 500 | Internal error | Something failed on our side; it has been logged under the request id. | Repeat later; if it stays, give the request id to an administrator.
invalid_request | 400 | Request refused | The request is malformed. | Correct what the detail names.
invite_required | 403 | Invitation needed | Registration is by invitation here. | Ask an administrator for an invitation.
journal_unavailable | 503 | Key journal unavailable | Keys cannot be kept safely right now, so none is made. | Repeat later; run scripts/doctor.
json_too_deep | 400 | JSON too deep | The JSON is nested too deeply. | Flatten it to 32 levels at most.
key_mismatch | 403 | Key does not fit | The key does not control what would be spent. | Use the wallet that owns it.
key_reused | 422 | Idempotency key reused | This key belongs to another request. | Use a fresh key for a new request.
lease_lost | 409 | Another worker took over | Another process now works on this wallet. | Repeat with the same idempotency key.
live_network | 403 | Live network | This works on the devnet and on testnets alone. | Use a test network.
lock_timeout | 503 | Busy | The database was too busy with the same rows. | Repeat in a moment.
locked | 423 | Locked for now | Too many failed attempts locked this account. | Wait until the time named, or ask an administrator.
lookalike_address | 422 | Looks like a known address | The address resembles one of your contacts without being it. | Compare all characters, then confirm.
lost_race | 409 | Overtaken | The payment was ended or signed otherwise meanwhile. | Read its state.
message_too_long | 422 | Message too long | A message that is signed has at most 30,000 bytes. | Sign a shorter one, or its hash as a text.
method_not_allowed | 405 | Method not allowed | The path exists, but not with this method. | Use a method of the Allow header.
missing_field | 400 | Field missing | A field that is needed is not there. | Add it.
missing_signer | 422 | Signer missing | The transaction needs a signature that this wallet cannot give. | Use the wallet named in the transaction.
model_unavailable | 503 | Model unavailable | The language model does not answer. | Set its key, or use the scripted model.
name_taken | 409 | Name taken | An object of this name exists. | Choose another name.
no_address | 422 | No address | This script has no address. | Choose an output with an address.
no_change_output | 409 | No change to spend | The payment left no change that could pay a higher fee for it. | Speed it up by method replace, or speed up the payment that spends its change.
no_price | 503 | No price | No source has a price for this now. | Try again later.
no_restore | 422 | No restore open | No restored database waits for this step. | See the check restore in /health.
no_route | 404 | No route | No pool connects the two tokens. | Try another exchange or a token in between.
no_utxos | 422 | No spendable coins | No coin of this wallet can be spent now. | Wait for confirmations.
node_behind | 503 | Node behind | The chain's node has not caught up with what is already known. | Repeat later; run scripts/doctor.
node_rejected | 502 | Node refused | The chain's node refused the transaction. | Read `upstream` for its reason.
node_unavailable | 503 | Node not answering | No node of this chain answers. | Repeat later; run scripts/doctor.
not_authorised | 403 | Not authorised | The payment was not allowed, so it is not signed. | Send it again.
not_found | 404 | Not found | There is no such thing, or it is not yours. | Check the path and the id.
not_hd | 409 | One address alone | The wallet is an imported key, which has one address. | Use its address, or the default wallet.
not_replaceable | 409 | Not replaceable | This chain replaces no transaction that waits. | Wait until it is included or expires.
not_signed_yet | 409 | Not signed yet | The payment has no transaction yet that could be replaced. | Wait a moment, or cancel it by its id.
nul_in_text | 400 | NUL in a text | A text holds a NUL character. | Remove it.
number_out_of_range | 400 | Number out of range | A number is outside its range. | Use a number in the range named.
off_curve_recipient | 422 | No private key there | The recipient's address has no private key: only a program can spend from it. | Check the address; repeat with accept_off_curve: true if it is meant.
on_curve | 422 | Not a program address | The seeds lead to a point of the curve. | Use another bump.
order_conflict | 409 | Other order allowed | Another order of this payment was allowed before. | Read the payment's state.
order_expired | 409 | Order lapsed | The payment was not signed in time and never will be. | Send it again.
order_from_future | 422 | Clocks differ | The order was issued ahead of the signer's clock. | Set the clocks of both machines.
order_mismatch | 403 | Not what was ordered | The transaction differs from its order, so it was not signed. | Tell an administrator.
order_outdated | 422 | Order too old | The order is older than others that were signed. | Send the payment again.
order_used | 409 | Order used | The order of this signature was used before. | Repeat the call.
overloaded | 503 | Overloaded | More work arrived than can be done now. | Repeat after the time in Retry-After.
password_change_required | 403 | Password must be changed | This password was for one sign-in. | Set a new password first.
password_too_long | 422 | Password too long | Passwords have at most 72 bytes. | Choose a shorter one.
paused | 403 | Paused | Sending is paused for you, this wallet or this chain. | Resume it, or ask an administrator.
payments_settling | 503 | Payments are being booked | Payments of this wallet have just landed, and the balance left is not known yet. | Wait: it goes on by itself.
pending_tx | 409 | Transaction pending | The wallet has a transaction on its way. | Wait until it is final.
permit_refused | 403 | Permits are not signed | The typed data would let somebody take tokens without a transaction of yours, and no limit would count it. | Pay with a send, or approve an exact amount by a transaction.
pin_moved | 503 | Final block moved | The final block that the chain is compared with was moved while its node was asked. | Repeat.
plan_changed | 422 | Plan changed | The digest is not that of the plan as it stands. | Read the plan again and approve that.
policy_denied | 403 | Denied by policy | Your spending policy forbids this payment. | Change the payment, or the policy with its waiting time.
possible_duplicate | 409 | Possibly a duplicate | The same payment was just made; its id is given. | If it is meant twice, repeat with allow_duplicate: true.
price_impact_high | 422 | Price impact high | The trade itself would move the price too far. | Trade less, or accept the impact.
price_moved | 422 | Price moved | The price left the range you allowed. | Ask for a new quote.
price_unavailable | 422 | Price unavailable | The value of this payment is not known, and the policy needs it. | Wait for a fresh price.
proof_required | 401 | Fresh proof needed | This call needs your password again. | Send the password with the request.
quote_expired | 409 | Quote expired | The quote is older than 30 seconds. | Ask for a new one.
range_too_large | 422 | Range too large | The range holds more points than one answer carries. | Ask for a shorter range or a longer interval.
rate_limited | 429 | Too many requests | Your limit for this class of calls is used up. | Repeat after the time in Retry-After.
redis_unavailable | 503 | Cache unavailable | Redis does not answer. | Repeat later; run scripts/doctor.
registration_closed | 403 | Registration closed | Nobody can register here. | Ask an administrator for an account.
rent_minimum | 422 | Below the rent minimum | The account would be left with less than the chain demands. | Send more, or all.
reorg_too_deep | 503 | Chain changed too deeply | The chain dropped more blocks than can be followed. | Ask an administrator to check the node.
repeated_field | 400 | Field given twice | The same field stands twice in one object. | Keep one of them.
repeated_parameter | 400 | Parameter given twice | The same query parameter stands twice. | Keep one of them.
request_timeout | 408 | Request too slow | The request did not arrive completely in time. | Send it again on a better connection.
request_too_large | 413 | Too large to sign | The signer takes 8 MiB at most. | Sign less at once.
response_too_large | 503 | Answer too large | A server outside answered with more than is taken. | Ask for less, or check its address.
restored | 409 | Restored from a backup | The database was restored, so it may not know this payment. | Compare the payments listed; repeat with after_restore: true if it is new.
role_not_allowed | 403 | Role not allowed | Your role does not allow this call. | Ask an administrator.
router_not_allowed | 403 | Router not allowed | The exchange's contract is not on the allow list. | Ask an administrator to add it.
row_mismatch | 403 | Record edited | The stored payment no longer says what its order says, so it is not signed. | Tell an administrator; make the payment anew.
scope_missing | 403 | Scope missing | The API key lacks the scope for this call. | Use a key with the scope named.
sends_not_stopped | 422 | Sends not stopped | No alarm stops payments on this chain. | Nothing is to do.
sends_stopped | 503 | Sends stopped | An alarm stopped payments on this chain. | Ask an administrator, who sees with cryptoctl final-block show what has happened.
service_unavailable | 503 | Part not answering | A daemon that is needed does not answer now. | Repeat later with the same idempotency key.
session_required | 403 | Session required | This is for a signed-in person, not for a key. | Sign in and repeat.
shielded_only | 422 | Shielded address | The address has no transparent receiver, and only those can be paid here. | Ask for a transparent address.
shutting_down | 503 | Stopping | This daemon is being stopped. | Repeat in a moment.
signed_lately | 503 | Signed a moment ago | A transaction of this payment was signed so lately that it cannot be replaced yet. | Nothing is to do; it is tried again.
signer_unavailable | 503 | Signer unavailable | The signer does not answer. | Repeat later with the same idempotency key.
slippage_range | 422 | Slippage out of range | The slippage is outside its range. | Use a percentage in the range named.
slot_mismatch | 409 | Other slot | The payment was to be signed with another nonce or coin. | Read the payment's state; tell an administrator.
starting | 503 | Starting | The daemon has not finished its start. | Repeat in a moment.
statement_timeout | 503 | Took too long | The database did not answer in time. | Repeat in a moment, or ask for less.
swap_expired | 409 | Swap expired | The deadline of the swap has passed. | Ask for a new quote.
text_too_long | 400 | Text too long | A text is longer than its field takes. | Shorten it.
token_account_recipient | 422 | Not a wallet | The recipient is a token account, a mint or a program, not somebody's wallet. | Give the address of the wallet that owns it.
token_expired | 401 | Token expired | The access token's life is over. | Refresh it, or sign in again.
token_not_supported | 422 | Token not supported | The token does more than tokens do, and a plain transfer would not be one. | Read the detail for the reason.
token_reused | 401 | Refresh token used twice | This refresh token was used before, so its whole family is revoked. | Sign in again; if it was not you, change the password.
too_many_attempts | 409 | Too many attempts | The payment was replaced as often as is allowed. | Wait until it is included or expires.
too_many_coins | 422 | Too many coins | The payment would need more coins than one transaction takes. | Send less at once, or gather small coins first.
too_many_connections | 503 | Too many connections | Your address has too many connections open. | Close some; reuse connections.
too_many_message_types | 409 | Too many types allowed | A user allows 100 types of typed data at most. | Remove one that is no longer needed.
too_many_replacements | 409 | Replaced too often | A payment is sped up or cancelled 20 times at most. | Wait until it is included or expires.
too_many_symbols | 422 | Too many symbols | One call takes at most 50 symbols. | Split the call.
too_many_wallets | 409 | Too many wallets | A portfolio covers 50 wallets at most. | Read the wallets one by one.
too_slow | 503 | Too slow | The reader could not keep up with the stream. | Start again from the last position seen.
totp_enabled | 409 | Second factor set already | This account has a second factor. | Remove it first, with a code.
totp_not_begun | 422 | Nothing to confirm | No second factor was begun. | Call POST /auth/totp first.
totp_required | 401 | Second factor needed | This account signs in with a one-time code too. | Send the code as totp.
totp_unavailable | 503 | Codes not available | This installation has no key for one-time codes. | Ask an administrator to set TOTP_KEY.
transaction_conflict | 409 | Conflict | Two changes of the same rows met. | Repeat.
tx_mismatch | 403 | Not what was ordered | The transaction differs from its order, so it was not signed. | Tell an administrator.
tx_too_large | 422 | Transaction too large | The transaction is larger than its chain takes. | Send to fewer recipients, or a shorter memo.
unauthenticated | 401 | Not signed in | The call needs an access token or an API key. | Sign in and send Authorization: Bearer.
unavailable | 503 | Unavailable | A part that is needed does not answer now. | Repeat later.
unimplemented | 501 | Not offered here | This chain or daemon does not offer the call. | See /docs for what is offered.
unknown_agent | 404 | Unknown agent | There is no agent of this name. | List the agents.
unknown_approval | 404 | Unknown approval | There is no such approval, or it is not yours. | List the approvals.
unknown_block | 404 | Unknown block | No node knows this block. | Check the height and the network.
unknown_chain | 404 | Unknown chain | There is no chain of this name. | Use ethereum, bitcoin, zcash, binance or solana.
unknown_field | 400 | Unknown field | A field does not exist here. | Remove it or correct its name.
unknown_format | 422 | Format not known | Messages of this chain are not signed in this format. | Leave format out, or use one that the detail names.
unknown_intent | 404 | Unknown payment | There is no payment with this id. | Copy the id from an answer of this API.
unknown_kek | 503 | Encryption key missing | The key that sealed this wallet is not configured. | Ask an administrator to configure it.
unknown_message_type | 404 | Unknown type of messages | There is no such entry, or it is not yours. | List those that you allowed.
unknown_parameter | 400 | Unknown parameter | A query parameter does not exist here. | Remove it or correct its name.
unknown_path | 404 | Not found | There is nothing at this path. | See /docs.
unknown_role | 422 | Unknown role | There is no role of this name. | Use user, auditor, admin or service.
unknown_scope | 422 | Unknown scope | A scope does not exist. | Use read, send, sign, swap, agent, tools or admin.
unknown_status | 400 | Unknown status | A payment has no such status. | Use one of those named.
unknown_symbol | 404 | Unknown symbol | There is no asset of this symbol. | See the near matches.
unknown_token | 404 | Unknown token | The token is not in the registry. | Give its contract and accept_unlisted: true.
unknown_tx | 404 | Unknown transaction | No node knows this hash. | Check the hash and the network.
unknown_wallet | 404 | Unknown wallet | There is no such wallet, or it is not yours. | List your wallets.
unlisted_token | 422 | Token not listed | The token is not in the registry; its name proves nothing. | Check its contract, then repeat with accept_unlisted: true.
unsupported_action | 422 | Not possible here | This chain does not know the action. | See /docs for what each chain offers.
unsupported_media_type | 415 | Content type not taken | The body's content type is not the one this call takes. | Send Content-Type: application/json.
unsupported_network | 422 | Network not supported | Keys of this network are not handled here. | Use one of the chains that are served.
unsupported_script_type | 422 | Script not supported | Coins of this kind of script cannot be spent or paid here. | Use a P2PKH, P2WPKH or P2TR address.
unsupported_tx_type | 422 | Transaction type refused | Only legacy, access list and EIP-1559 transactions are signed. | Use one of those.
unsupported_tx_version | 422 | Transaction version refused | Only Zcash transactions of version 4 and 5 are handled. | Use one of those.
upstream_busy | 503 | Server busy | Too many calls to this server wait already. | Repeat in a moment.
upstream_lost | 503 | Connection lost | The connection to a server outside ended before its answer. | Repeat later with the same idempotency key.
upstream_timeout | 504 | Server too slow | A server outside did not answer in time. | Repeat later with the same idempotency key.
upstream_unavailable | 503 | Server not answering | A server outside does not answer. | Repeat later; check its address.
url_not_allowed | 422 | URL not allowed | The URL leads to a private address or is not HTTPS. | Use a public HTTPS address.
user_context_required | 401 | No user named | The call names no user, or another one. | Sign in again.
voided | 409 | Payment ended | The payment was ended before it was signed. | Send it again.
wallet_exists | 409 | Wallet exists | You have a default wallet on this chain already. | Use it, or import another one.
wallet_rescanning | 409 | Wallet being read | The blocks since the wallet's birthday are still being read. | Send when GET /api/v1/{chain}/balance shows no rescan.
weak_password | 422 | Password too weak | The password breaks the rule named in the detail. | Choose a longer or less common one.
would_revert | 422 | Would fail | The chain would refuse this transaction and keep the fee. | Read the detail for the contract's reason.
wrong_network | 422 | Other network | The address or key belongs to another network. | Use one of the network this platform runs on.
wrong_type | 400 | Wrong type | A field has the wrong JSON type. | Use the type named; amounts are JSON strings.
)";

std::vector<CatalogEntry> ReadRows() {
    constexpr std::size_t kColumns = 5;
    constexpr int kStatusMax = 599;
    std::vector<CatalogEntry> entries;
    for (const std::string_view line : base::Split(base::Trim(kRows), '\n')) {
        const auto cells = base::Split(line, '|');
        BASE_CHECK(cells.size() == kColumns);
        const auto status = base::ParseUnsigned<int>(base::Trim(cells[1]), kStatusMax);
        BASE_CHECK(status.has_value());
        entries.push_back({std::string(base::Trim(cells[0])),
                           *status,
                           std::string(base::Trim(cells[2])),
                           std::string(base::Trim(cells[3])),
                           std::string(base::Trim(cells[4]))});
    }
    std::sort(entries.begin(), entries.end(), [](const CatalogEntry& a, const CatalogEntry& b) {
        return a.code < b.code;
    });
    return entries;
}

}  // namespace

std::span<const CatalogEntry> ProblemCatalog() {
    static const std::vector<CatalogEntry> entries = ReadRows();
    return entries;
}

}  // namespace net
