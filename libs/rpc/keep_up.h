// gRPC's own threads live as long as its objects, and two things go wrong at that end.
#pragma once

namespace rpc {

// From the first call on, gRPC and its threads stay up until the process ends. Otherwise the last
// object's end may wait ten seconds for a poller; and where a thread of gRPC itself drops the last
// channel (a call that ends after its client is gone), it would wait for itself and crash.
// Thread-safe.
void KeepGrpcUp();

}  // namespace rpc
