// SPDX-License-Identifier: MIT
//
// weld: the vocabulary that green shares with weld, under the same names.
//
//     namespace rt = green;  // or weld
//     int main() { return rt::run([] { … }).value_or(1); }
//
// Errors, paths, times, text, readers and writers, and addresses are weld's: the same types under both names. With this
// header and `<green/thread.hpp>`, `<green/net.hpp>`, `<green/fs.hpp>`, `<green/runtime.hpp>` a program can write
// `rt::` throughout, and that one line chooses between green and native threads.
#pragma once

#include <weld/answer.hpp>
#include <weld/error.hpp>
#include <weld/io.hpp>
#include <weld/io/buf_reader.hpp>
#include <weld/io/buf_writer.hpp>
#include <weld/io/chain.hpp>
#include <weld/io/cursor.hpp>
#include <weld/io/empty.hpp>
#include <weld/io/lines.hpp>
#include <weld/io/take.hpp>
#include <weld/iteration.hpp>
#include <weld/net/ip_addr.hpp>
#include <weld/net/socket_addr.hpp>
#include <weld/path.hpp>
#include <weld/print.hpp>
#include <weld/run.hpp>
#include <weld/thread/current.hpp>
#include <weld/time.hpp>

namespace green {

using weld::Answer;
using weld::Domain;
using weld::Error;
using weld::ErrorAt;
using weld::Fault;
using weld::Kind;
using weld::name;
using weld::Result;

using weld::HasCStr;
using weld::HasToString;
using weld::PathRef;

using weld::BufferedReader;
using weld::Entries;
using weld::EntryIterator;
using weld::read_exact;
using weld::Reader;
using weld::TakesBack;
using weld::Transfer;
using weld::write_all;
using weld::Writer;

using weld::eprint;
using weld::flush;
using weld::print;

using weld::RunResult;

}  // namespace green

namespace green::io {

using weld::io::BufReader;
using weld::io::BufWriter;
using weld::io::Bytes;
using weld::io::Chain;
using weld::io::Cursor;
using weld::io::default_capacity;
using weld::io::Empty;
using weld::io::Lines;
using weld::io::lines;
using weld::io::LineWriter;
using weld::io::read_line;
using weld::io::read_until;
using weld::io::Repeat;
using weld::io::SeekFrom;
using weld::io::Sink;
using weld::io::skip_until;
using weld::io::Split;
using weld::io::split;
using weld::io::Take;

}  // namespace green::io

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
