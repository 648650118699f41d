// SPDX-License-Identifier: MIT
//
// The increment whose instructions thread_local.py compares, in a program with weld and in one without.
#ifdef WITH_WELD
#include <weld/fs.hpp>
#include <weld/net.hpp>
#include <weld/thread.hpp>
#endif

thread_local int count;

extern "C" [[gnu::noinline]] void increment() { ++count; }

int use() {
#ifdef WITH_WELD
    auto spawned = weld::thread::spawn([] { return weld::thread::current().name().empty(); });
    const bool used = spawned && std::move(*spawned).join() && weld::thread::current().name() == "main" &&
                      weld::fs::exists("/").value_or(false) && !weld::net::SocketAddr::parse("nowhere");
    return used ? 1 : 0;
#else
    return 1;
#endif
}

int main() {
    increment();
    return count == use() ? 0 : 1;
}
