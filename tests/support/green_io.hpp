// SPDX-License-Identifier: MIT
//
// GREEN_TEST with I/O: makes libuv open the pipe that it keeps until the process ends.
#pragma once

#include <support/green.hpp>

#include <green/net.hpp>

namespace test {

inline const bool has_io = [] {
    warm_up = [] {
        must(green::run({.workers = 1}, [] {
            auto listener = must(green::net::TcpListener::bind({weld::net::Ipv4Addr::localhost(), 0}));
            auto client = must(green::thread::spawn(
                [address = must(listener.local_addr())] { (void)green::net::TcpStream::connect(address); }));
            (void)listener.accept();  // it waits, so a loop must exist
            std::move(client).join();
        }));
    };
    return true;
}();

}  // namespace test
