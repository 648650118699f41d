// SPDX-License-Identifier: MIT
//
// weld: the vocabulary that green shares with weld, under the same names.
//
//     namespace rt = green;  // or weld
//     int main() { return rt::run([] { … }).value_or(1); }
//
// Errors, paths, times, text, readers and writers, addresses are weld's, and the same types in both. With these and
// `<green/thread.hpp>`, `<green/net.hpp>`, `<green/fs.hpp>`, `<green/runtime.hpp>` a whole program says
// `rt::` throughout and chooses its threads by that one line.
#pragma once

#include <weld/error.hpp>
#include <weld/io.hpp>
#include <weld/net/ip_addr.hpp>
#include <weld/net/socket_addr.hpp>
#include <weld/path.hpp>
#include <weld/print.hpp>
#include <weld/run.hpp>
#include <weld/thread/current.hpp>
#include <weld/time.hpp>

namespace green {

using weld::Domain;
using weld::Error;
using weld::ErrorAt;
using weld::Fault;
using weld::Kind;
using weld::name;
using weld::Result;

using weld::HasCStr;
using weld::PathRef;

using weld::read_exact;
using weld::Reader;
using weld::Transfer;
using weld::write_all;
using weld::Writer;

using weld::eprint;
using weld::flush;
using weld::print;

using weld::RunResult;

}  // namespace green

namespace green::net {

using weld::net::IpAddr;
using weld::net::IpFamily;
using weld::net::Ipv4Addr;
using weld::net::Ipv6Addr;
using weld::net::SocketAddr;

}  // namespace green::net

namespace green::thread {

using weld::thread::available_parallelism;

}  // namespace green::thread

namespace green::time {

using weld::time::BootClock;
using weld::time::ClockOf;
using weld::time::deadline_after;
using weld::time::Duration;
using weld::time::Instant;
using weld::time::ProcessCpuClock;
using weld::time::saturating_add;
using weld::time::saturating_cast;
using weld::time::SystemTime;
using weld::time::ThreadCpuClock;

}  // namespace green::time
