// SPDX-License-Identifier: MIT
//
// Example of libsys/README.md.
#include <array>
#include <cstddef>
// [readme]
#include <weld/sys/posix/io.hpp>

weld::sys::Result<std::size_t> read_some(weld::sys::BorrowedFd fd, std::span<std::byte> buffer) {
    return weld::sys::read(fd, buffer);  // read(2), once: an interrupted call is Errno::Intr
}
// [/readme]

int main() {
    std::array<std::byte, 1> buffer;
    return read_some(weld::sys::BorrowedFd(-1), buffer).error() == weld::sys::Errno::Badf ? 0 : 1;
}
